"""Work that stands in no queue: calls, proposals, ambiguous deliveries, openings; each for who is able to do it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.titles import title_of
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.deliveries import CHANNELS
from chalicelib.casework.hotline.call_tasks import CallView
from chalicelib.casework.oversight.openings import LABELS
from chalicelib.casework.site.frame import names_of
from shared.domain.calendar import deadlines
from shared.domain.calendar.deadlines import DaysLeft
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import spaced
from shared.domain.promises.deliveries import named
from shared.platform import clock
from shared.tables.proposals import ProposalState
from shared.web.i18n import Language, counted, gettext
from shared.web.labels import NOTICES
from shared.web.rendering import link, moment

ROWS = 5
"""Things that each tile's heading shows; the page behind it has all."""


class Row(NamedTuple):
    """One thing to do: what it is about, until or since when, how it looks, where it is done, and the due date."""

    title: str
    more: str
    when: str
    look: str
    href: str
    day: date | None = None


class Tile(NamedTuple):
    """A number of things to do, and where they are done."""

    look: str
    icon: str
    label: str
    number: str
    more: str
    href: str
    things: int
    """The number, for the menu; the least there are."""
    rows: tuple[Row, ...] = ()
    """The first of these things; none where the page behind the tile says more."""


def tiles(parts: Parts, officer: DeskOfficer, language: Language) -> list[Tile]:
    """Return a tile for each kind of such work that the officer has."""
    makers = (
        (Ability.MAKE_CALLS, _calls),
        (Ability.CONFIRM_CHANGES, _proposals),
        (Ability.ADMINISTER, _ambiguous_deliveries),
        (Ability.AUDIT, _openings),
        (Ability.FOLLOW_DELIVERIES, _contradicted),
    )
    return [
        make(parts, officer, language) for ability, make in makers if permissions.is_able(officer, ability)
    ]


def _calls(parts: Parts, officer: DeskOfficer, language: Language) -> Tile:
    _, _n = gettext(language), counted(language)
    calls = parts.call_tasks.waiting(officer)
    late = sum(call.is_late for call in calls)
    more = _n("%(count)s cuộc đã muộn", late) % {"count": late} if late else _("không cuộc nào muộn")
    look = "late" if late else "info" if calls else ""
    href, calendar = link("/desk/calls", language), parts.directory.calendar()
    rows = (
        Row(
            _(NOTICES[named(call.notice).kind]),
            _call_in_words(call, language),
            _time_left(deadlines.days_left(call.due_on, clock.now(), calendar), language),
            "late" if call.is_late else "",
            href,
            call.due_on,
        )
        for call in calls[:ROWS]
    )
    return _tile(look, "phone", _("Cần gọi lại"), len(calls), more, href, rows)


def _call_in_words(call: CallView, language: Language) -> str:
    """Return the reference that a call is about, and how often it was tried."""
    tries = counted(language)("đã gọi %(count)s lần", call.attempt) % {"count": call.attempt}
    return " · ".join([spaced(call.reference), *([tries] if call.attempt else [])])


def _time_left(left: DaysLeft, language: Language) -> str:
    """Return the working days that are left, as a queue says them."""
    _n, days = counted(language), left.in_words
    if not days:
        return gettext(language)("hôm nay")
    if days < 0:
        return _n("quá %(count)s ngày", -days) % {"count": -days}
    return _n("còn %(count)s ngày", days) % {"count": days}


def _proposals(parts: Parts, officer: DeskOfficer, language: Language) -> Tile:
    _ = gettext(language)
    proposals = [
        each.proposal for each in parts.changes.proposals(officer) if each.state is ProposalState.OPEN
    ]
    others = sum(each.proposed_by not in {officer.username, officer.actor} for each in proposals)
    more = _("{number} của người khác, bạn xác nhận được").format(number=others)
    look = "soon" if others else ""
    names = names_of(parts, language)
    rows = (
        Row(
            title_of(proposal, language),
            names.officer(proposal.proposed_by),
            moment(proposal.proposed_at),
            "",
            link(f"/desk/proposals/{proposal.id}", language),
        )
        for proposal in proposals[:ROWS]
    )
    href = link("/desk/proposals", language)
    return _tile(look, "swap", _("Đề nghị thay đổi"), len(proposals), more, href, rows)


def _ambiguous_deliveries(parts: Parts, officer: DeskOfficer, language: Language) -> Tile:
    _ = gettext(language)
    waiting = parts.ambiguous_deliveries.waiting(officer)
    more = _("hỏi nhà cung cấp xem đã gửi chưa")
    look = "soon" if waiting else ""
    href = link("/desk/in-doubt", language)
    rows = (
        Row(spaced(each.reference), _(NOTICES[each.kind]), _(CHANNELS[each.channel]), "soon", href)
        for each in waiting[:ROWS]
    )
    return _tile(look, "mail", _("Tin chưa rõ đã gửi"), len(waiting), more, href, rows)


def _openings(parts: Parts, officer: DeskOfficer, language: Language) -> Tile:
    _ = gettext(language)
    page = parts.seal_openings.page(officer)
    latest = parts.histories.latest(officer)
    failed = len(latest.failed) if latest else 0
    more = _("nhật ký: {number} hồ sơ không khớp").format(number=failed) if failed else _("trong tháng này")
    look, href = "late" if failed else "info", link("/desk/openings", language)
    names = names_of(parts, language)
    rows = (
        Row(
            f"{names.actor(opening.by)}: {_(LABELS[opening.what])}",
            spaced(opening.reference) if opening.reference else "",
            moment(opening.at),
            "",
            href,
        )
        for opening in page.openings[:ROWS]
    )
    tile = _tile(look, "lock", _("Lần mở niêm phong, mở tệp"), len(page.openings), more, href, rows)
    return tile._replace(number=f"{tile.number}+") if page.cursor else tile


def _contradicted(parts: Parts, officer: DeskOfficer, language: Language) -> Tile:
    _ = gettext(language)
    receipts = parts.contradicted_receipts.of_day(officer, local_date(clock.now()))
    look = "soon" if receipts else ""
    href = link("/desk/contradicted-receipts", language)
    rows = (
        Row(spaced(each.reference), _(NOTICES[each.kind]), moment(each.contradicted_at), "soon", href)
        for each in receipts[:ROWS]
    )
    return _tile(look, "alert", _("Báo đã nhận rồi bị bác"), len(receipts), _("hôm nay"), href, rows)


def _tile(look: str, icon: str, label: str, count: int, more: str, href: str, rows: Iterable[Row]) -> Tile:
    return Tile(look, icon, label, str(count), more, href, count, tuple(rows))
