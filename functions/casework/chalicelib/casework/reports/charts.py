"""The chart of a report's table: the status of answers by row, or their number."""

from __future__ import annotations

from chalicelib.casework.reports.labels import value_text
from chalicelib.casework.reports.measures import IN_TIME, ON_TIME, OPEN_NOW, OVERDUE, RECEIVED, TOO_LATE
from chalicelib.casework.reports.report import Report
from chalicelib.casework.reports.tables import Section
from shared.web.charts import Chart, Part, chart
from shared.web.i18n import Language, gettext

ANSWERS = ((ON_TIME, "look-good"), (TOO_LATE, "look-late"), (OVERDUE, "look-bad"), (IN_TIME, "look-open"))


def chart_of(report: Report, section: Section, language: Language) -> Chart | None:
    """Return the chart of a section, None where a table says it all."""
    _ = gettext(language)
    names = {column.name for column in section.table.columns}
    if report.name == "six-month":
        return _months(section, language)
    group_columns = [column.name for column in section.table.columns if not column.is_figure]
    if {measure.column.name for measure, _look in ANSWERS} <= names:
        looks = [(measure.column.name, _(measure.column.label), look) for measure, look in ANSWERS]
        title = _("Việc trả lời: {title}").format(title=_(section.title).lower())
    elif OPEN_NOW.column.name in names:
        looks = [(OPEN_NOW.column.name, _(OPEN_NOW.column.label), "look-plain")]
        title = _("Số đang mở: {title}").format(title=_(section.title).lower())
    elif section.table.blocks and RECEIVED.column.name in names:
        looks = [(RECEIVED.column.name, _(RECEIVED.column.label), "look-plain")]
        title = _("Số tiếp nhận: {title}").format(title=_(section.title).lower())
    else:
        return None
    rows = [
        (
            " · ".join(value_text(group, row.get(group), language) for group in group_columns),
            [Part(look, label, int(row.get(name) or 0)) for name, label, look in looks],
        )
        for row in section.table.rows
    ]
    return chart(title, sorted(rows, key=lambda row: -sum(part.number for part in row[1])))


def _months(section: Section, language: Language) -> Chart | None:
    _ = gettext(language)
    by_measure = {row["measure_code"]: row for row in section.table.rows}
    months = [column for column in section.table.columns if column.is_figure and column.name != "total"]
    rows = [
        (
            month.label,
            [
                Part(look, _(measure.column.label), int(by_measure[measure.column.name].get(month.name) or 0))
                for measure, look in ANSWERS
            ],
        )
        for month in months
    ]
    return chart(_("Việc trả lời theo tháng tiếp nhận"), rows)
