"""Sample petitions for texts: an ordinary one for previews, and extreme ones for checks.

Used where an administrator edits a text, and by the table test of all texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.domain.calendar.terms import TERMS_2018
from shared.domain.calendar.working_calendar import WorkingCalendar
from shared.domain.petition.change import Change
from shared.domain.petition.facts import DueDateMoved, Facts, Forwarded, PetitionerUpdated
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer
from shared.domain.petition.values.classification import Channel, Kind
from shared.domain.petition.values.petitioner import Petitioner
from shared.domain.promises.deliveries import DeliveryChannel
from shared.tables.directory import Unit
from shared.wording.facts import HOTLINE, Office, facts_of, officer_facts_of
from shared.wording.rendering import batch_variables
from shared.wording.sources import (
    ACCOUNT,
    ADDRESS_CHANGED,
    ANSWERS,
    BATCH,
    CODE,
    CONFIRM_ANSWERS,
    DIGEST,
    LEADERS,
    Language,
    TextName,
    headline,
    names,
)

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
SITE = "https://phananhkiennghi.bonoivu.gov.vn"
LONGEST_SITE = f"{SITE}:8443"
REFERENCE = "26483190275"
SUNDAY_IN_DECEMBER = date(2026, 12, 27)
_LONGEST_DAY: Mapping[Language, date] = {"vi": SUNDAY_IN_DECEMBER, "en": date(2026, 9, 30)}
"""The date that takes most characters: Chủ nhật, 27/12/2026, and Wednesday, 30 September 2026."""
_LONG = "Ủy ban nhân dân phường Trường Thọ, thành phố Thủ Đức, Thành phố Hồ Chí Minh. " * 12
_UNIT = Unit(
    id="VCCVC",
    valid_from=date(2018, 6, 18),
    name="Vụ Công chức - Viên chức",
    name_en="Department of Civil Servants and Public Employees",
    short_name="Vu CCVC Bo Noi vu VN",
)
_COUNTS = {"n": 99, "working_days_late": 999, "days_left": 999, "count": 10, "unnamed": 7}


def ordinary(name: TextName, site: str = SITE) -> dict[str, Any]:
    """Return ordinary values of a text's variables."""
    if name.kind == ACCOUNT:
        return _account(site, is_reset=False)
    if name.kind == ADDRESS_CHANGED:
        return _address_changed(site, confirmed_by="Đinh Thị Thu Hiền")
    if name.kind == LEADERS:
        return _leaders(site, is_full=True)
    if name.kind in _TO_VISITORS:
        return _TO_VISITORS[name.kind](site, "")
    if name.kind == DIGEST:
        return _digest(site, lines=2, subject="Chậm chi trả phụ cấp thâm niên")
    petition = _petition(
        State.IN_PROGRESS,
        name.kind,
        subject="Chậm chi trả phụ cấp thâm niên",
        text="Đề nghị Ông/Bà cho biết số quyết định hưởng phụ cấp.",
        answer="Phụ cấp thâm niên đã được tính lại từ tháng 9/2026 và chi trả cùng lương tháng 11/2026.",
        progress="Đơn vị đã làm việc với Phòng Nội vụ và đang đối chiếu bảng lương.",
        body="Bảo hiểm xã hội Việt Nam",
        due_on=date(2026, 11, 23),
    )
    return _facts(name, petition, site, _at_work_counts(name))


def extremes(name: TextName) -> tuple[dict[str, Any], ...]:
    """Return extreme values of a text's variables: all long, each state, each gap, and a complaint about conduct."""
    if name.kind == ACCOUNT:
        return (
            _account(LONGEST_SITE, is_reset=True),
            _account(LONGEST_SITE, is_reset=False),
            _account(LONGEST_SITE, is_reset=False) | {"program": "Hệ thống quản lý văn bản"},
        )
    if name.kind == ADDRESS_CHANGED:
        return (
            _address_changed(LONGEST_SITE, confirmed_by=_LONG),
            _address_changed(LONGEST_SITE, confirmed_by=None),
        )
    if name.kind == LEADERS:
        return (_leaders(LONGEST_SITE, is_full=True), _leaders(LONGEST_SITE, is_full=False))
    if name.kind in _TO_VISITORS:
        return (_TO_VISITORS[name.kind](LONGEST_SITE, _LONG), _TO_VISITORS[name.kind](LONGEST_SITE, ""))
    if name.kind == DIGEST:
        return (_digest(LONGEST_SITE, lines=15, subject=_LONG), _digest(LONGEST_SITE, lines=1, subject=None))
    full: dict[str, Any] = {
        "subject": _LONG,
        "text": _LONG,
        "answer": _LONG * 5,
        "progress": _LONG,
        "body": _LONG,
    }
    bare: dict[str, Any] = dict.fromkeys(full)
    samples = [
        _facts(name, _petition(state, name.kind, due_on=SUNDAY_IN_DECEMBER, **texts), LONGEST_SITE, _COUNTS)
        for state in (State.RECEIVED, State.IN_PROGRESS, State.AWAITING_APPROVAL, State.AWAITING_INFORMATION)
        for texts in (full, bare)
    ]
    conduct = _petition(State.IN_PROGRESS, name.kind, due_on=SUNDAY_IN_DECEMBER, **full)
    conduct = conduct.model_copy(update={"kind": Kind.CONDUCT})
    samples.append(_facts(name, conduct, LONGEST_SITE, _COUNTS))
    samples += [
        samples[0] | gap
        for gap in ({"is_named": False}, {"missing_parts": "2, 3, 4, 5, 6"}, {"is_second_look": True})
    ]
    overdue = _petition(State.IN_PROGRESS, name.kind, due_on=date(2026, 1, 1), **full)
    samples.append(_facts(name, overdue, LONGEST_SITE, _COUNTS | {"is_overdue": True, "is_escalated": True}))
    day = _LONGEST_DAY[name.language]
    return tuple(
        {fact: day if type(value) is date else value for fact, value in sample.items()} for sample in samples
    )


def known_variables(name: TextName) -> frozenset[str]:
    """Return every variable that this text may use."""
    return frozenset(ordinary(name)) - {"sections"}  # a frame lists these


def _at_work_counts(name: TextName) -> dict[str, Any]:
    return {"n": 2, "working_days_late": 12} if name.kind == "OVERDUE_UPDATE" else {}


def _petition(
    state: State,
    kind: str,
    *,
    due_on: date,
    subject: str | None,
    text: str | None,
    answer: str | None,
    progress: str | None,
    body: str | None,
) -> Petition:
    petition = Petition(
        reference=REFERENCE,
        state=State.RECEIVED,
        channel=Channel.WEB,
        subject=subject or "",
        content="x",
        kind=Kind.REGULATION,
        petitioner=Petitioner(),
        received_at=NOW,
        due_on=due_on,
        terms=TERMS_2018.version,
        calendar="x",
        submission="0",
        body_digest="0",
        answer=Answer(text=answer, drafted_by="x", drafted_at=NOW) if answer else None,
    ).record(Action.RECEIVE, Change.by_petitioner(NOW, "receive"))
    if progress is not None:
        expected_on = max(due_on, NOW.date()) + timedelta(days=7)
        petition = petition.add_note(
            Change.by_officer("x", NOW, "n"), "n", progress=progress, expected_on=expected_on
        )
    action, facts = _entry(kind, body)
    changed = petition.record(action, Change.by_timer(NOW, "m"), text=text, facts=facts)
    return changed.model_copy(update={"state": state})


def _entry(kind: str, body: str | None) -> tuple[Action, Facts]:
    """Return an action, with its facts, that a text of this kind follows from."""
    match kind:
        case "DUE_DATE_MOVED":
            moved = DueDateMoved(moved_from=date(2026, 12, 20), moved_to=date(2026, 12, 27))
            return Action.MOVE_DUE_DATE, moved
        case "WITHDRAWN":
            return Action.WITHDRAW, Facts()
        case "FORWARDED":
            return Action.FORWARD, Forwarded(body=body)
        case _:
            return Action.UPDATE_PETITIONER, PetitionerUpdated(n=2)


def _facts(name: TextName, petition: Petition, site: str, counts: Mapping[str, Any]) -> dict[str, Any]:
    office = Office(
        public_url=site,
        link_token="f" * 32,
        pin="12345678",
        terms=TERMS_2018,
        calendar=WorkingCalendar(),
        now=NOW,
        unit=_UNIT.model_copy(update={"name": _LONG, "name_en": _LONG}) if counts is _COUNTS else _UNIT,
        language=name.language,
    )
    if name.reader == "officer":
        facts = officer_facts_of(petition, petition.history[-1], office)
        return {**facts, **{key: value for key, value in counts.items() if key in facts}}
    facts = facts_of(petition, petition.history[-1], office)
    facts["pin"] = "12345678" if name.kind == "PIN_AGAIN" else facts["pin"]
    if name.kind == BATCH:
        facts |= _batch(name, facts, is_long=counts is _COUNTS)
    return {**facts, **{key: value for key, value in counts.items() if key in facts}}


def _address_changed(site: str, *, confirmed_by: str | None) -> dict[str, Any]:
    return {
        "account": "quantri",
        "officer_name": "Nguyễn Đức Minh",
        "changed_from": NOW.date(),
        "changed_by": "Tạ Văn Hậu",
        "confirmed_by": confirmed_by,
        "desk": f"{site}/desk/",
    }


def _digest(site: str, *, lines: int, subject: str | None) -> dict[str, Any]:
    line = {
        "reference": "26 4831 9027 5",
        "subject": subject,
        "due_on": SUNDAY_IN_DECEMBER,
        "link": f"{site}/desk/petitions/{REFERENCE}",
    }
    titles = ("Quá hạn trả lời", "Đến hạn trong 5 ngày tới")
    return {
        "today": NOW.date(),
        "count": lines * len(titles),
        "desk": f"{site}/desk/",
        "unsubscribe_link": f"{site}/desk/unsubscribe/{'e' * 32}",
        "sections": [
            {"title": title, "count": lines, "more": 3, "lines": [line] * lines} for title in titles
        ],
    }


def _leaders(site: str, *, is_full: bool) -> dict[str, Any]:
    return {
        "first": date(2026, 10, 1),
        "last": date(2026, 10, 31),
        "percent": "91,5" if is_full else "",
        "change": "4" if is_full else "",
        "is_up": False,
        "goal": 95,
        **dict.fromkeys(("due", "on_time", "late", "owed", "overdue_now"), 412),
        **dict.fromkeys(("updates", "unmoved", "undelivered", "received", "rated"), 186 if is_full else 0),
        "rating": "4,02" if is_full else "",
        "units": f"{_UNIT.name}: 9" if is_full else "",
        "complaints": f"{_UNIT.name}: 4" if is_full else "",
        "topics": "Cán bộ, công chức, viên chức: 74; Tiền lương và bảo hiểm xã hội: 47" if is_full else "",
        "leaders_link": f"{site}/desk/leaders?from=2026-10-01&to=2026-10-31",
        "desk": f"{site}/desk/",
        "unsubscribe_link": f"{site}/desk/unsubscribe/{'e' * 32}",
    }


def _code(site: str, _field: str) -> dict[str, Any]:
    return {"code": "040926", "until": "11:08", "site": site.split("://", 1)[-1], "hotline": HOTLINE}


def _confirmation(site: str, field: str) -> dict[str, Any]:
    return {
        "field": field,
        "hotline": HOTLINE,
        "site": site.split("://", 1)[-1],
        "confirm_link": f"{site}/cau-tra-loi-moi/xac-nhan/{'e' * 20}/{'e' * 32}",
    }


def _answers(site: str, field: str) -> dict[str, Any]:
    words = [field] * 20 if field else ["Đóng bảo hiểm xã hội tự nguyện, sinh con có được trợ cấp không?"]
    lines = [f"{question}: {site}/cong-khai/0abcde12345678" for question in words]
    return {
        "field": field,
        "hotline": HOTLINE,
        "site": site.split("://", 1)[-1],
        "count": 99 if field else 1,
        "more": 79 if field else 0,
        "lines": "\n".join(f"- {line}" for line in lines),
        "list_link": f"{site}/cong-khai",
        "unsubscribe_link": f"{site}/cau-tra-loi-moi/{'e' * 20}/{'e' * 32}",
        "ends_on": SUNDAY_IN_DECEMBER,
    }


_TO_VISITORS: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    CODE: _code,
    CONFIRM_ANSWERS: _confirmation,
    ANSWERS: _answers,
}
"""The samples of texts to visitors: of a site and the name of a field, "" for all."""


def _account(site: str, *, is_reset: bool) -> dict[str, Any]:
    return {
        "happened_at": "09:00, 03/11/2026",
        "is_reset": is_reset,
        "device": "" if is_reset else "Samsung Internet · Android",
        "network": "" if is_reset else "113.160.*.*",
        "program": "",
        "desk": f"{site}/desk/",
    }


def _batch(name: TextName, facts: Mapping[str, Any], *, is_long: bool) -> dict[str, Any]:
    kinds = [other.kind for other in names() if other[0] == "petitioner" and other[2:] == name[2:]]
    headlines = sorted(
        {headline(kind, name.language) for kind in kinds if kind not in {BATCH, "PIN_AGAIN"}}, key=len
    )
    sections = [
        {"title": title, "text": f"Mã {facts['reference']}.", "link": facts["link"]}
        for title in ("Đã có kết quả", "Đã công khai")
    ]
    return {
        "count": 2,
        "unnamed": 0,
        "headlines": "; ".join(headlines[-3:] if is_long else headlines[:2]),
        **batch_variables(name, [facts["digits"]], [] if name.channel is DeliveryChannel.SMS else sections),
    }
