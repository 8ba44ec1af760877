"""Officers are notified by e-mail: the right ones, each once, and never nobody."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.notifier.officers.readers import INSTEAD, readers_of
from shared.domain.petition.change import Change
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.promises.notices import Audience, NoticeKind
from shared.tables.directory import Officer
from tests.campaigns.faults.injection import Fault
from tests.functions.notifier.conftest import PostRoom


def an_officer(name: str, unit: str, *roles: str) -> Officer:
    return Officer(
        id=name, valid_from=date(2020, 1, 1), name=name, email=f"{name}@pakn.example", unit=unit, roles=roles
    )


EVERYBODY = (
    an_officer("handler.tl", "TL", "handler"),
    an_officer("head.tl", "TL", "unit-head"),
    an_officer("head.other", "CCVC", "unit-head"),
    an_officer("approver", "VP", "approver"),
    an_officer("intake", "TTTT", "intake-officer"),
    an_officer("inspector", "TTRA", "inspector"),
)


@pytest.mark.parametrize(
    ("audience", "absent", "readers"),
    [
        pytest.param(Audience.HANDLER, (), ["handler.tl"], id="the handler"),
        pytest.param(
            Audience.HANDLER, ("handler.tl",), ["head.tl"], id="the unit's head for a handler who left"
        ),
        pytest.param(Audience.UNIT_HEAD, (), ["head.tl"], id="only the head of the petition's unit"),
        pytest.param(
            Audience.UNIT_HEAD, ("head.tl",), ["approver"], id="the approver for a unit without a head"
        ),
        pytest.param(Audience.APPROVER, (), ["approver"], id="the approver"),
        pytest.param(
            Audience.APPROVER, ("approver",), ["inspector"], id="the Task Force without an approver"
        ),
        pytest.param(
            Audience.APPROVER, ("approver", "inspector"), ["intake"], id="the intake desk without both"
        ),
        pytest.param(Audience.INTAKE, (), ["intake"], id="the intake desk"),
        pytest.param(Audience.INTAKE, ("intake",), ["approver"], id="the approver without an intake desk"),
        pytest.param(Audience.TASK_FORCE, (), ["inspector"], id="the Task Force"),
        pytest.param(
            Audience.TASK_FORCE, ("inspector",), ["approver"], id="the approver without a Task Force"
        ),
        pytest.param(
            Audience.HANDLER,
            ("handler.tl", "head.tl", "approver", "inspector"),
            ["intake"],
            id="up to the last rung",
        ),
        pytest.param(
            Audience.APPROVER,
            ("approver", "intake", "inspector"),
            None,
            id="nobody at all is said, not hidden",
        ),
    ],
)
def test_who_reads_a_notice(post_room: PostRoom, audience, absent, readers):
    petition = post_room.at_work(post_room.a_petition(), handler="handler.tl")
    officers = {officer.id: officer for officer in EVERYBODY if officer.id not in absent}

    result = readers_of(audience, petition, officers, {})

    assert (result and [officer.id for officer in result.officers]) == readers


@pytest.mark.parametrize("audience", sorted(INSTEAD))
@pytest.mark.parametrize(
    ("complained", "never"),
    [
        pytest.param("TL", {"handler.tl", "head.tl"}, id="the unit that handles it"),
        pytest.param("PHONG-1", {"handler.tl", "head.tl"}, id="a unit below"),
        pytest.param("VP", {"approver"}, id="the office"),
        pytest.param("TTRA", {"inspector"}, id="the inspectors' own unit"),
    ],
)
def test_nobody_of_the_line_complained_of_reads_a_notice(
    post_room: PostRoom, audience: Audience, complained: str, never: set[str]
):
    petition = post_room.at_work(post_room.a_petition(), handler="handler.tl")
    petition = petition.model_copy(update={"complained_unit": complained})
    officers = {officer.id: officer for officer in EVERYBODY}

    readers = readers_of(audience, petition, officers, {"PHONG-1": "TL"})

    assert readers is not None
    assert never.isdisjoint(officer.id for officer in readers.officers)


@pytest.mark.parametrize("audience", sorted(INSTEAD))
def test_notice_of_a_denunciation_goes_to_inspectors_alone(post_room: PostRoom, audience: Audience):
    petition = post_room.a_petition().model_copy(update={"lane": Lane.RESTRICTED})
    officers = {officer.id: officer for officer in EVERYBODY}

    readers = readers_of(audience, petition, officers, {})

    assert readers is not None
    assert [officer.id for officer in readers.officers] == ["inspector"]


def test_unit_head_is_warned_with_subject_due_date_and_link(post_room: PostRoom):
    petition = post_room.at_work(post_room.a_petition())
    warned = petition.record(Action.WARN_UNIT_HEAD, Change.by_timer(post_room.clock.now(), "w"))
    post_room.save(petition, warned)

    post_room.notify(NoticeKind.WARNING, Audience.UNIT_HEAD, seq=warned.version)

    mail = post_room.out()[0]
    assert "sắp đến hạn trả lời 23/11/2026" in (mail.subject or "")
    assert "Phụ cấp không đúng" in mail.text
    assert "thứ Hai, 23/11/2026" in mail.text
    assert "/desk/petitions/26483190275" in mail.text


def test_mail_about_a_conduct_case_names_no_subject(post_room: PostRoom):
    petition = post_room.at_work(post_room.a_petition(kind=Kind.CONDUCT))
    post_room.save(
        petition, petition.record(Action.WARN_UNIT_HEAD, Change.by_timer(post_room.clock.now(), "w"))
    )

    post_room.notify(NoticeKind.WARNING, Audience.UNIT_HEAD, seq=petition.version + 1)

    assert "Phụ cấp" not in f"{post_room.out()[0].subject}{post_room.out()[0].text}"


def several_approvers_with_a_draft(post_room: PostRoom) -> int:
    """Three more approvers and a draft for them; the notifier is cold. Return how many approvers there are."""
    for name in ("a", "b", "c"):
        officer = an_officer(f"them.{name}", "VP", "approver")
        post_room.directory.put("officer", officer.id, officer.valid_from, officer.model_dump(mode="json"))
    petition = post_room.at_work(post_room.a_petition())
    drafted = petition.draft_answer(Change.by_officer("x", post_room.clock.now(), "d"), "x")
    post_room.save(petition, drafted)
    approvers = sum("approver" in officer.roles for officer in post_room.directory.officers().values())
    post_room.system.local.cold_start()
    return approvers


def test_each_of_several_approvers_is_notified_once_even_if_one_mail_has_to_wait(post_room: PostRoom):
    draft = 4
    several_approvers_with_a_draft(post_room)
    with post_room.system.faults.counting() as calls:
        post_room.notify(NoticeKind.DRAFT_WAITING, Audience.APPROVER, seq=draft)
        second_mail = [call.number for call in calls if call.operation == "SendEmail"][1]
    post_room.system.reset()
    approvers = several_approvers_with_a_draft(post_room)

    with post_room.system.faults.at({second_mail: Fault.THROTTLE}):
        post_room.notify(NoticeKind.DRAFT_WAITING, Audience.APPROVER, seq=draft)
    early = post_room.sent_to()
    post_room.wait(minutes=6)

    assert len(early) == approvers - 1
    assert len(post_room.sent_to()) == len(set(post_room.sent_to())) == approvers
    assert post_room.is_done()


def test_message_that_comes_again_reads_what_was_sent_once_for_all_officers_and_sends_nothing(
    post_room: PostRoom,
):
    """The first time nothing is asked of the deliveries: the write that claims one finds out."""
    several_approvers_with_a_draft(post_room)

    with post_room.system.faults.counting() as calls:
        post_room.notify(NoticeKind.DRAFT_WAITING, Audience.APPROVER, seq=4)
        first = [call.operation for call in calls]
    sent = post_room.sent_to()
    with post_room.system.faults.counting() as calls:
        post_room.notify(NoticeKind.DRAFT_WAITING, Audience.APPROVER, seq=4)
        second = [call.operation for call in calls if call.operation != "Query"]
        queries = sum(call.operation == "Query" for call in calls)

    assert first.count("SendEmail") == len(sent)
    assert post_room.sent_to() == sent
    assert second == ["BatchGetItem", "PutItem"]
    assert queries == 1


@pytest.mark.parametrize(
    ("kind", "audience", "change"),
    [
        pytest.param(
            NoticeKind.WARNING, Audience.UNIT_HEAD, Action.WARN_UNIT_HEAD, id="a warning after the answer"
        ),
        pytest.param(
            NoticeKind.ESCALATION, Audience.UNIT_HEAD, Action.ESCALATE, id="an escalation after the answer"
        ),
    ],
)
def test_what_no_longer_holds_is_not_sent(post_room: PostRoom, kind, audience, change):
    petition = post_room.at_work(post_room.a_petition())
    changed = petition.record(
        change, Change.by_timer(post_room.clock.now(), "c"), facts=TimeLimitReached(n=1)
    )
    post_room.answered(post_room.save(petition, changed))

    post_room.notify(kind, audience, seq=changed.version)

    assert post_room.sent_to() == []
    assert set(post_room.rows().values()) == {"SUPERSEDED"}
    assert post_room.is_done()
