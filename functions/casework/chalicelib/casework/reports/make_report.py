"""Makes reports of the statistics for officers who may read them, and finds the petitions behind each figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from math import ceil
from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.reports.catalogue import REPORTS, Counts
from chalicelib.casework.reports.measures import MEASURES, Measure, Value
from chalicelib.casework.reports.query import FigureQuery, Period
from chalicelib.casework.reports.report import Report
from chalicelib.casework.reports.tables import Names, ReportData, ReportedPetition
from chalicelib.casework.reports.task_force import petition_row
from shared.domain.access.roles import Role
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.figures.leaders import LeadersFigures
from shared.domain.figures.periods import month_of
from shared.domain.figures.replay import as_it_stood
from shared.domain.figures.tallies import Breakdown, Days, Shelf, Tally, groups_of, shelf_of
from shared.domain.identity.provinces import PROVINCES
from shared.domain.petition.petition import Petition
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from shared.domain.promises.duties import DutyKind, DutyStatus, duties
from shared.platform import clock
from shared.tables.answers.reactions import ReactionTable
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.statistics import Figure, Statistics, horizon_of, last_moment_of
from shared.use_cases.answer_addresses import read_address
from shared.use_cases.leaders import Leaders
from shared.web.i18n import Language, gettext, in_language

LONGEST_PERIOD = timedelta(days=366)
_EVERY_UNIT = frozenset({Role.COMMITTEE, Role.INSPECTOR, Role.APPROVER, Role.AUDITOR})


class FigurePetitions(NamedTuple):
    """A page of the petitions behind a figure, received from one day to another."""

    first: date
    last: date
    rows: tuple[dict[str, Value], ...]
    number: int
    """The number of petitions on all pages."""
    before: int
    """The number of petitions on the pages before."""
    page: int
    pages: int
    counts: Counts
    """The meaning of the days: those of receipt or of due dates; the stock has none."""
    at: datetime
    """The instant whose stock it is."""


class Reports:
    """Makes reports for officers who may read them."""

    def __init__(
        self,
        petitions: Petitions,
        outlines: Outlines,
        statistics: Statistics,
        directory: Directory,
        leaders: Leaders,
        reactions: ReactionTable,
    ) -> None:
        self._reactions = reactions
        self._leaders = leaders
        self._petitions = petitions
        self._outlines = outlines
        self._statistics = statistics
        self._directory = directory

    def make(self, officer: DeskOfficer, name: str, period: Period, language: Language) -> Report:
        """Count the petitions received in a period, by their status now or at the end of `period.as_of`.

        A unit's head sees the own unit. Denunciations are counted only for their named readers, and no reader's figures
        include complaints about their own unit or one in its line.

        Raises:
            NotAllowedError: the officer reads no reports.
            InvalidInputError: no such report, a period that ends before it begins or is longer than a year, or a day
                that is yet to come.
        """
        permissions.require(officer, permissions.Ability.READ_REPORTS)
        if name not in REPORTS:
            raise InvalidInputError(("name", "unknown"))
        then = moment_of(period)
        first, last = days_of(name, period, local_date(then.at))
        snapshot = self._statistics.snapshot(then.at, then.past)
        reading = self._statistics.at(then.at) if then.past is None else self._statistics.as_of(then.past)
        data = ReportData(
            figures=lambda by, begin, end: [
                figure for figure in reading.figures(by, begin, end) if _counts(officer, figure)
            ],
            daily=lambda by, begin, end: (
                (day, figure) for day, figure in reading.daily(by, begin, end) if _counts(officer, figure)
            ),
            petitions=lambda references: self._reported_to(
                officer,
                (
                    stood
                    for petition in self._petitions.get_all(references)
                    if permissions.may_know(officer, petition) and (stood := then.petition_then(petition))
                ),
                then.at,
            ),
            stock=lambda by: [figure for figure in snapshot.figures(by) if _counts(officer, figure)],
            due=lambda by: [
                figure for figure in snapshot.figures(by, Days(first, last)) if _counts(officer, figure)
            ],
            matter=lambda key: self._of_matter(key, first, last),
            also=self._reactions.also_daily if scope_of(officer) is None else tuple,
            answer=self._title_of_answer,
            names=self.names(language),
            first=first,
            last=last,
            today=local_date(then.at),
            by=period.by,
        )
        return Report(
            name=name,
            first=first,
            last=last,
            by=period.by,
            made_at=clock.now(),
            as_of=then.past,
            unit=scope_of(officer),
            counts_denunciations=officer.reader.reads_restricted,
            sections=REPORTS[name].make(data),
        )

    def behind(
        self,
        officer: DeskOfficer,
        name: str,
        query: FigureQuery,
        period: Period,
        language: Language,
        *,
        size: int,
    ) -> FigurePetitions:
        """List a page of the petitions that a figure counts, for officers who may read them; by due date.

        Args:
            officer: the reader.
            name: of the report.
            query: the figure, and which page.
            period: of the report.
            language: of the names.
            size: petitions on a page; only these are read whole.

        Raises:
            NotAllowedError: the officer reads no reports, or no petitions.
            InvalidInputError: no such report or figure, or no such period.
        """
        permissions.require(officer, permissions.Ability.FOLLOW_FIGURES)
        measure = MEASURES.get(query.measure)
        if measure is None:
            raise InvalidInputError(("measure", "unknown"))
        if name not in REPORTS:
            raise InvalidInputError(("name", "unknown"))
        then = moment_of(period)
        first, last = days_of(name, period, local_date(then.at))
        counts = REPORTS[name].counts_of(query.measure)
        petitions = [
            stood
            for petition, stood, tally in self._counted(counts, then, Days(first, last))
            if permissions.may_see(officer, petition)
            and scope_of(officer) in (None, stood.unit)
            and _is_behind(query, measure, stood, tally, then.at)
        ]
        petitions.sort(key=lambda petition: (petition.due_on, petition.reference))
        pages = max(1, ceil(len(petitions) / size))
        before = (min(query.page, pages) - 1) * size
        listed = [petition.reference for petition in petitions[before : before + size]]
        whole = {
            petition.reference: stood
            for petition in self._petitions.get_all(listed)
            if permissions.may_see(officer, petition) and (stood := then.petition_then(petition))
        }
        reported = self._reported_to(officer, (whole[name] for name in listed if name in whole), then.at)
        names = self.names(language)
        rows = tuple(petition_row(petition, names) for petition in reported)
        number, page = len(petitions), before // size + 1
        return FigurePetitions(first, last, rows, number, before, page, pages, counts, then.at)

    def _counted(
        self, counts: Counts, then: Moment, days: Days
    ) -> Iterator[tuple[Petition, Petition, Tally]]:
        """Yield the petitions that a figure may count: as known today, as they stood, and the tally that is counted."""
        if counts is Counts.RECEIVED:
            current = {p.reference: p for p in self._outlines.received(days.first, days.last)}
            stood = filter(None, map(then.petition_then, current.values()))
            tallied = self._statistics.tallied(stood, horizon_of(then.at))
        else:
            snapshot = self._statistics.snapshot(then.at, then.past)
            current = snapshot.petitions
            tallied = snapshot.tallied(days if counts is Counts.DUE else None)
        yield from ((current[petition.reference], petition, tally) for petition, tally in tallied)

    def _title_of_answer(self, answer: str) -> str:
        address = read_address(answer)
        published = self._petitions.published_answer(address.name) if address else None
        return published.subject if published else ""

    def _of_matter(self, key: str, first: date, last: date) -> list[Petition]:
        """Return the petitions received on some days whose sketch begins with a key, earliest first."""
        petitions = (p for p in self._outlines.received(first, last) if p.sketch[:1] == (key,))
        return sorted(petitions, key=lambda p: (p.received_at, p.reference))

    def _reported_to(
        self, officer: DeskOfficer, petitions: Iterable[Petition], now: datetime
    ) -> list[ReportedPetition]:
        """Return petitions with their duty to answer; the subject only for whoever may read the petition."""
        return [
            self._reported(petition, now)._replace(
                subject=petition.subject if permissions.may_see(officer, petition) else ""
            )
            for petition in petitions
        ]

    def _reported(self, petition: Petition, now: datetime) -> ReportedPetition:
        calendar = self._directory.calendar()
        owed = duties(petition, self._directory.terms_of(petition), calendar, now)
        answer = next((duty for duty in owed if duty.kind is DutyKind.ANSWER), None)
        if answer is None or answer.standing is not DutyStatus.UNMET:
            return ReportedPetition(petition, answer, 0)
        left = deadlines.days_left(answer.due_on, now, calendar)
        return ReportedPetition(petition, answer, -left.in_words)

    def leaders(self, officer: DeskOfficer, period: Period) -> LeadersFigures:
        """Return the figures of the leaders' page: of a period, by default of the last full month.

        Raises:
            NotAllowedError: the officer reads no reports.
            InvalidInputError: a period that ends before it begins or is longer than a year.
        """
        permissions.require(officer, permissions.Ability.READ_REPORTS)
        days: Days | None = None
        if period.first is not None:
            days = Days(period.first, period.last or month_of(period.first).last)
            _check(*days)
        return self._leaders.figures(partial(_counts_shelf, officer), clock.now(), days)

    def titles(
        self, officer: DeskOfficer, matters: Mapping[str, tuple[str, Sequence[str]]], language: Language
    ) -> dict[str, str]:
        """Return the titles of matters by their keys; reads the petitions named, whole.

        A matter bears the subject of its earliest petition that the reader may read, else the published one, else the
        field that it belongs to.

        Args:
            officer: the reader.
            matters: of each key the field, and references of its earliest petitions, in order.
            language: of the field's name.
        """
        references = [reference for _field, some in matters.values() for reference in some]
        read = {petition.reference: petition for petition in self._petitions.get_all(references)}
        names = self.names(language)
        titles: dict[str, str] = {}
        for key, (field, some) in matters.items():
            petitions = [read[reference] for reference in some if reference in read]
            subjects = [p.subject for p in petitions if permissions.may_see(officer, p)]
            subjects += [p.publication.subject for p in petitions if p.publication is not None]
            titles[key] = next(filter(None, subjects), names.matter % names.of("field", field))
        return titles

    def names(self, language: Language) -> Names:
        """Return the latest names, also of rows that have ended."""
        _ = gettext(language)
        named = {
            kind: {
                str(row["id"]): in_language(language, str(row["name"]), str(row.get("name_en") or ""))
                for row in sorted(self._directory.rows(kind), key=lambda row: str(row["valid_from"]))
            }
            for kind in ("unit", "field", "officer")
        }
        return Names(
            units=named["unit"] | {NO_UNIT_OF_OURS: _("Không phải đơn vị của Bộ")},
            fields=named["field"],
            officers=named["officer"],
            provinces={
                province.code: in_language(language, province.name, province.name_en)
                for province in PROVINCES
            },
            matter=_("Nhiều hồ sơ gần giống nhau về lĩnh vực “%s”"),
            not_known=_("Chưa xác định"),
        )


class Moment(NamedTuple):
    """The time whose status of petitions a report shows: now, or the end of a past day."""

    at: datetime
    past: date | None

    def petition_then(self, petition: Petition) -> Petition | None:
        """Return a petition as of that time; None where it was not received yet."""
        return petition if self.past is None else as_it_stood(petition, self.at)


def moment_of(period: Period) -> Moment:
    """Return the time whose status of petitions a report shows.

    Raises:
        InvalidInputError: that day is yet to come.
    """
    now = clock.now()
    if period.as_of is None or period.as_of == local_date(now):
        return Moment(now, None)
    if period.as_of > local_date(now):
        raise InvalidInputError(("as_of", "yet-to-come"))
    return Moment(last_moment_of(period.as_of), period.as_of)


def days_of(name: str, period: Period, today: date) -> tuple[date, date]:
    """Return the days that a report covers.

    Raises:
        InvalidInputError: they end before they begin, or are more than a year.
    """
    definition = REPORTS[name]
    is_open_ended = period.first is not None and not definition.is_whole_week
    last = period.last or (today if is_open_ended else definition.last_by_default(today))
    first = (None if definition.is_whole_week else period.first) or definition.begins(last)
    _check(first, last)
    return first, last


def _check(first: date, last: date) -> None:
    if first > last:
        raise InvalidInputError(("to", "ends-before-it-begins"))
    if last - first > LONGEST_PERIOD:
        raise InvalidInputError(("to", "longer-than-a-year"))


def _counts(officer: DeskOfficer, figure: Figure) -> bool:
    """Return whether a figure may be part of an officer's reports."""
    return _counts_shelf(officer, figure.shelf)


def _counts_shelf(officer: DeskOfficer, shelf: Shelf) -> bool:
    return permissions.may_know(officer, shelf) and scope_of(officer) in (None, shelf.unit)


def scope_of(officer: DeskOfficer) -> str | None:
    """Return the one unit whose figures an officer sees; None for all."""
    return None if officer.has(*_EVERY_UNIT) else officer.unit


def _is_behind(query: FigureQuery, measure: Measure, petition: Petition, tally: Tally, now: datetime) -> bool:
    if query.unit is not None and query.unit != shelf_of(petition).unit:
        return False
    if query.by and groups_of(petition, tally).get(Breakdown(query.by.upper())) != query.group:
        return False
    return measure.is_behind(tally, local_date(now))
