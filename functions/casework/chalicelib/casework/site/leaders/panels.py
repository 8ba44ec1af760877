"""The parts of the leaders' page as its template draws them: numbers with their addresses, bars in hundredths."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from chalicelib.casework.reports.labels import figure, value_text
from chalicelib.casework.reports.measures import AGEING, MEASURES, SCORES
from chalicelib.casework.reports.tables import Names
from chalicelib.casework.site.leaders.links import DUE, RECEIVED, STOCK, Links
from shared.domain.figures.alarms import REPEATED_WITHIN, Load, days_of_complaints
from shared.domain.figures.answers import AnswerCounts, whole_percent
from shared.domain.figures.leaders import GOAL_PERCENT, TOPICS, Group, LeadersFigures
from shared.domain.figures.periods import month_of
from shared.domain.figures.tallies import Days
from shared.domain.figures.trends import Jump
from shared.web.charts import line_chart
from shared.web.i18n import N_, Language, counted, gettext

WIDEST = 100
"""Units of the widest bar of a panel."""
OUTCOMES = ("considered", "answered", "published", "forwarded", "guided", "refused", "withdrawn")
"""Figures of docs/reports.md that say what became of initiatives."""
NOTABLE_PERCENT = 50
"""A rise by so many percent is marked *(setting)*."""
NOTABLE_FROM = 5
"""With fewer petitions no rise is marked *(setting)*."""


class Number(NamedTuple):
    """A number and where it leads; nowhere if it is 0."""

    text: str
    href: str = ""


class Bar(NamedTuple):
    """A part of a bar: its class in the style sheet, where it begins, how wide it is."""

    look: str
    x: float
    width: float


class Alarm(NamedTuple):
    """Something to attend to: how it looks, its words, and where it leads."""

    look: str
    icon: str
    words: str
    more: str
    href: str


def month_words(first: date, language: Language) -> str:
    """Return a month: tháng 11/2026, or November 2026."""
    return f"{first:%B %Y}" if language == "en" else f"tháng {first.month}/{first.year}"


class Panels(NamedTuple):
    """Makes the panels of one page."""

    figures: LeadersFigures
    names: Names
    titles: Mapping[str, str]
    """The titles of matters, by key."""
    links: Links
    language: Language

    def _number(self, value: float | None, href: str) -> Number:
        if value is None:
            return Number("–")
        return Number(figure(value, self.language), href if value else "")

    def headline(self) -> dict[str, Any]:
        """Return the share in time, its change, and what it is made of."""
        figures, links = self.figures, self.links
        now, then = figures.now.percent, figures.then.percent
        change = None if now is None or then is None else round(now - then, 1)
        return {
            "percent": None if now is None else figure(now, self.language),
            "percent_link": links.to(DUE, "on_time_percent"),
            "change": None if change is None else figure(abs(change), self.language),
            "direction": "" if not change else "up" if change > 0 else "down",
            "is_below": now is not None and now < GOAL_PERCENT,
            "goal": GOAL_PERCENT,
            "on_time": self._number(figures.now.on_time, links.to(DUE, "answered_on_time")),
            "due": self._number(figures.now.due, links.to(DUE, "due")),
            "late": self._number(figures.now.late, links.to(DUE, "answered_late")),
            "owed": self._number(figures.now.owed, links.to(DUE, "overdue")),
            "in_time": self._number(figures.now.in_time, links.to(DUE, "open_in_time")),
            "longest": figures.longest_owed,
            "median": self._number(figures.median_days, links.to(DUE, "average_days")),
            "public": whole_percent(figures.public.percent)
            if figures.days == month_of(figures.days.first)
            else None,
        }

    def line(self) -> dict[str, Any]:
        """Return the line over twelve months, with its numbers."""
        months = self.figures.months
        shares = [month.counts.percent for month in months]
        months_with_share = [
            (share, month.days.first)
            for share, month in zip(shares, months, strict=True)
            if share is not None
        ]
        words = ""
        if months_with_share:
            lowest, highest = min(months_with_share), max(months_with_share)
            words = gettext(self.language)(
                N_(
                    "Tỷ lệ trả lời đúng hạn 12 tháng: cao nhất {high} % ({best}), thấp nhất {low} % ({worst}), "
                    "gần đây nhất {latest} %."
                )
            ).format(
                high=figure(highest[0], self.language),
                best=month_words(highest[1], self.language),
                low=figure(lowest[0], self.language),
                worst=month_words(lowest[1], self.language),
                latest=figure(months_with_share[-1][0], self.language),
            )
        return {
            "chart": line_chart(shares, GOAL_PERCENT),
            "words": words,
            "first": months[0].days.first,
            "last": months[-1].days.first,
            "months": [self._month(month.days, month.counts) for month in months],
        }

    def _month(self, days: Days, counts: AnswerCounts) -> dict[str, Any]:
        percent = counts.percent
        return {
            "name": month_words(days.first, self.language),
            "month": f"{days.first:%b}" if self.language == "en" else str(days.first.month),
            "percent": Number(
                "–" if percent is None else figure(round(percent), self.language),
                self.links.to(DUE, "on_time_percent", days=days) if counts.due else "",
            ),
            "is_low": percent is not None
            and percent < GOAL_PERCENT
            and days.last == self.figures.months[-1].days.last,
            "figures": (
                *(figure(value, self.language) for value in (counts.on_time, counts.late, counts.owed)),
                "–" if percent is None else figure(percent, self.language),
            ),
        }

    def units(self) -> dict[str, Any]:
        """Return the units, those that owe most first."""
        by_unit = self.figures.units
        widest = max((counts.due for _unit, counts in by_unit), default=0)
        return {
            "rows": [
                {
                    "name": self.names.of("unit", code),
                    "bars": self._bars_of(counts, widest),
                    **self._counts_of(counts, {"unit": code}),
                }
                for code, counts in by_unit
            ],
            "total": self._counts_of(self.figures.now, {}),
        }

    def _counts_of(self, counts: AnswerCounts, row: dict[str, str]) -> dict[str, Any]:
        links = self.links
        return {
            "owed": self._number(counts.owed, links.to(DUE, "overdue", row)),
            "late": self._number(counts.late, links.to(DUE, "answered_late", row)),
            "due": self._number(counts.due, links.to(DUE, "due", row)),
            "percent": self._number(counts.percent, links.to(DUE, "on_time_percent", row)),
        }

    def _bars_of(self, counts: AnswerCounts, widest: int) -> list[Bar]:
        parts = (
            ("f-late", counts.owed),
            ("f-soon", counts.late),
            ("f-ok", counts.on_time),
            ("f-line", counts.in_time),
        )
        bars, x = [], 0.0
        for look, number in parts:
            width = _share(number, widest)
            bars += [Bar(look, round(x, 2), width)] if number else []
            x += width
        return bars

    def ages(self) -> list[dict[str, Any]]:
        """Return how long what is owed is overdue, whatever the period."""
        ages, _ = self.figures.ages, gettext(self.language)
        widest = max(ages.values(), default=0)
        looks = ("f-late", "f-late", "f-late", "f-soon", "f-line")
        return [
            {
                "name": _(measure.column.label),
                "number": self._number(ages[name], self.links.to(STOCK, name)),
                "bars": [Bar(look, 0, _share(ages[name], widest))],
                "is_late": look == "f-late" and ages[name] > 0,
            }
            for measure, look in zip(AGEING, looks, strict=True)
            for name in (measure.column.name,)
        ]

    def topics(self) -> dict[str, Any]:
        """Return the fields, kinds and matters that people wrote about."""
        figures = self.figures
        fields = [group for group in figures.fields if group.code][:TOPICS]
        rest = figures.received.received - sum(group.received for group in fields)
        widest = max((group.received for group in (*fields, *figures.kinds)), default=0)
        return {
            "received": self._number(figures.received.received, self.links.to(RECEIVED, "received")),
            "fields": [self._topic("field", group, widest) for group in fields],
            "rest": rest,
            "has_before": figures.received.before > 0,
            "kinds": [self._topic("kind", group, widest) for group in figures.kinds],
            "matters": [
                {
                    "name": self.titles.get(matter.key, ""),
                    "number": self._number(
                        matter.received,
                        self.links.to(RECEIVED, "received", {"by": "matter", "group": matter.key}),
                    ),
                    "change": _change(matter.received, matter.before),
                }
                for matter in figures.matters
            ],
        }

    def _topic(self, by: str, group: Group, widest: int) -> dict[str, Any]:
        return {
            "name": value_text(by, self.names.of(by, group.code), self.language),
            "number": self._number(
                group.received, self.links.to(RECEIVED, "received", {"by": by, "group": group.code})
            ),
            "bars": [Bar("f-ok", 0, _share(group.received, widest))],
            "change": _change(group.received, group.before),
        }

    def scores(self) -> dict[str, Any]:
        """Return how people rated, score by score."""
        scores, then = self.figures.scores, self.figures.scores_then
        _ = gettext(self.language)
        most = max(scores.by_score.values(), default=0)
        looks = ("f-done", "f-done", "f-line", "f-soon", "f-soon")
        return {
            "average": self._number(scores.average, self.links.to(DUE, "average_rating")),
            "average_then": None if then.average is None else figure(then.average, self.language),
            "rows": [
                {
                    "name": _(measure.column.label),
                    "number": self._number(number, self.links.to(DUE, measure.column.name)),
                    "share": figure(round(100 * number / scores.rated), self.language)
                    if scores.rated
                    else "0",
                    "bars": [Bar(look, 0, _share(number, most))],
                }
                for measure, number, look in zip(SCORES, scores.by_score.values(), looks, strict=True)
            ],
            "rated": scores.rated,
            "answered": self._number(scores.answered, self.links.to(DUE, "answered")),
            "share": figure(round(100 * scores.rated / scores.answered), self.language)
            if scores.answered
            else "0",
            "reopened": self._number(scores.reopened, self.links.to(DUE, "reopened")),
        }

    def initiatives(self) -> dict[str, Any]:
        """Return the initiatives of the period, and what became of them."""
        tally, _ = self.figures.initiatives, gettext(self.language)
        row = {"by": "kind", "group": "INITIATIVE"}
        rows = []
        for name in OUTCOMES:
            number = int(MEASURES[name].value_of(tally, self.figures.today) or 0)
            label = _(MEASURES[name].column.label)
            rows.append({"name": label, "number": self._number(number, self.links.to(RECEIVED, name, row))})
        return {
            "received": self._number(tally["received"], self.links.to(RECEIVED, "received", row)),
            "rows": rows,
        }

    def alarms(self) -> list[Alarm]:
        """Return the matters that need attention now, the gravest first."""
        alarms, links = self.figures.alarms, self.links
        unmoved, updates = sum(alarms.unmoved.values()), sum(alarms.updates.values())
        _n = counted(self.language)
        unmoved_words = _n("%(count)s hồ sơ đã báo Tổ công tác mà vẫn chưa trả lời", unmoved) % {
            "count": unmoved
        }
        update_words = _n("%(count)s hồ sơ quá hạn phải báo tiến độ hôm nay", updates) % {"count": updates}
        grave = (
            Alarm(
                "late",
                "alert",
                unmoved_words,
                self._by_unit(alarms.unmoved),
                links.report("task-force"),
            ),
            Alarm(
                "late",
                "clock",
                update_words,
                self._by_unit(alarms.updates),
                links.to(STOCK, "updates_owed"),
            ),
        )
        shown = [alarm for alarm, number in zip(grave, (unmoved, updates), strict=True) if number]
        shown += self._undelivered()
        shown += [self._repeated(unit, number) for unit, number in alarms.repeated.items()]
        shown += [self._heavy(load) for load in alarms.heavy]
        return shown + [self._jumping(by, jump) for by, jump in alarms.jumping]

    def _undelivered(self) -> list[Alarm]:
        undelivered, _n = self.figures.alarms.undelivered, counted(self.language)
        number = sum(undelivered)
        words = _n("%(count)s thông báo không đến được người gửi", number) % {"count": number}
        parts = (
            (_n("%(count)s phải gửi thư", undelivered.letters), undelivered.letters),
            (
                _n("%(count)s báo đã nhận rồi bị bác trong 7 ngày", undelivered.contradicted),
                undelivered.contradicted,
            ),
        )
        more = " · ".join(text % {"count": count} for text, count in parts if count)
        return [Alarm("late", "mail", words, more, self.links.undelivered())] if number else []

    def _repeated(self, unit: str, number: int) -> Alarm:
        _, _n = gettext(self.language), counted(self.language)
        words = _n("%(count)s phản ánh về hành vi ở một đơn vị", number)
        within = _("trong {days} ngày").format(days=REPEATED_WITHIN.days)
        href = self.links.to(
            RECEIVED,
            "conduct",
            {"by": "complained_unit", "group": unit},
            days_of_complaints(self.figures.today),
        )
        return Alarm(
            "late",
            "users",
            words % {"count": number},
            f"{self.names.of('unit', unit)} · {within}",
            href,
        )

    def _heavy(self, load: Load) -> Alarm:
        _n, number = counted(self.language), load.open_now
        words = _n("%(count)s hồ sơ ở một người xử lý", number) % {"count": number}
        usual = gettext(self.language)(N_("người ở giữa: {number}"))
        more = (
            f"{self.names.of('unit', load.unit)} · {usual.format(number=figure(load.usual, self.language))}"
        )
        href = self.links.to(STOCK, "open", {"unit": load.unit, "by": "handler", "group": load.handler})
        return Alarm("late", "users", words, more, href)

    def _jumping(self, by: str, jump: Jump) -> Alarm:
        _ = gettext(self.language)
        name = self.titles.get(jump.group) or value_text(
            "group", self.names.of(by, jump.group), self.language
        )
        number, usual = (figure(value, self.language) for value in (jump.received, jump.usual))
        words = _("{name}: {number} hồ sơ trong 7 ngày").format(name=name, number=number)
        return Alarm(
            "soon", "arrow-up", words, _("thường {number}").format(number=usual), self.links.report("trends")
        )

    def _by_unit(self, numbers: Mapping[str, int]) -> str:
        return " · ".join(f"{self.names.of('unit', code)} {number}" for code, number in numbers.items())


def _share(number: int, most: int) -> float:
    return round(WIDEST * number / most, 2) if most else 0


def _change(now: int, before: int) -> dict[str, Any]:
    """Return by how many percent a number rose or fell; None where there were none before."""
    if not before:
        return {"percent": None, "direction": "", "is_notable": False}
    percent = round(100 * (now - before) / before)
    direction = "up" if percent > 0 else "down" if percent < 0 else ""
    return {
        "percent": abs(percent),
        "direction": direction,
        "is_notable": percent >= NOTABLE_PERCENT and now >= NOTABLE_FROM,
    }
