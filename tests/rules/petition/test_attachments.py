"""A petition's files: what may be declared, what becomes of it, and that the history stays short."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import ActionNotPossibleError, InvalidInputError, UnknownAttachmentError
from shared.domain.petition.change import Change
from shared.domain.petition.facts import FileKept, FileRejected
from shared.domain.petition.files import CleanFile
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.attachments import (
    LONGEST_FILENAME,
    Attachment,
    AttachmentState,
    BelongsTo,
    Limits,
    Rejection,
    clean_filename,
    place_of,
    quarantine_key,
)
from shared.domain.promises.notices import Audience, NoticeKind, notices_after
from tests.support.builders import RECEIVED_AT, REFERENCE, a_petition

AT = RECEIVED_AT
LIMITS = Limits(files=2, bytes_each=1000, upload_within=timedelta(minutes=30))
FILE = CleanFile("image/jpeg", 900, "5" * 64)


def a_file(number: int = 1, **facts: Any) -> Attachment:
    defaults: dict[str, Any] = {
        "id": f"{number:032x}",
        "filename": "anh.jpg",
        "by": "petitioner",
        "declared_at": AT,
    }
    return Attachment.model_validate(defaults | facts)


def with_file(petition: Petition, number: int = 1, **facts: Any) -> Petition:
    file = a_file(number, **facts)
    return petition.declare_file(Change(file.by, file.declared_at, f"attach:{number}"), file, LIMITS)


def with_kept_file(petition: Petition, number: int = 1) -> Petition:
    attachment = petition.attachment(f"{number:032x}")
    assert attachment is not None
    return petition.keep_file(Change(attachment.by, AT, f"checked:{number}"), attachment, FILE)


def answers_file(number: int = 9) -> dict[str, Any]:
    return {"number": number, "belongs_to": BelongsTo.ANSWER, "by": "officer:minh"}


def test_a_declared_file_is_expected_and_its_petitioner_does_not_read_of_it_in_the_history():
    petition = with_file(a_petition())

    assert [file_.state for file_ in petition.attachments] == [AttachmentState.EXPECTED]
    assert petition.history[-1].action is Action.ATTACH
    assert not petition.history[-1].is_visible


def test_a_clean_file_is_in_the_history_with_its_digest():
    petition = with_kept_file(with_file(a_petition()))

    (attachment,) = petition.attachments
    assert attachment.is_clean
    assert (attachment.content_type, attachment.size, attachment.sha256) == FILE
    entry = petition.history[-1]
    assert (entry.action, entry.text, entry.is_visible) == (Action.KEEP_ATTACHMENT, "anh.jpg", True)
    assert entry.facts.without_digests() == FileKept(attachment=attachment.id, sha256=FILE.sha256)
    assert petition.is_intact


def test_a_rejected_file_says_why_and_is_never_given_out():
    petition = with_file(a_petition())

    petition = petition.reject_file(
        Change(petition.attachments[0].by, AT, "checked:1"),
        petition.attachments[0],
        Rejection.INFECTED,
    )

    assert petition.attachments[0].rejection is Rejection.INFECTED
    assert petition.history[-1].facts.without_digests() == FileRejected(
        attachment=petition.attachments[0].id, reason=Rejection.INFECTED
    )
    with pytest.raises(UnknownAttachmentError):
        petition.clean_file(petition.attachments[0].id, BelongsTo.PETITION)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(state, id=state)
        for state in (State.ANSWERED, State.PUBLISHED, State.CLOSED, State.WITHDRAWN, State.REFUSED)
    ],
)
def test_no_file_is_taken_once_the_matter_is_over(state):
    with pytest.raises(ActionNotPossibleError):
        with_file(a_petition(state))


def test_a_file_that_was_declared_in_time_is_kept_though_the_matter_ended_meanwhile():
    declared = with_file(a_petition(State.IN_PROGRESS))
    withdrawn = declared.withdraw(Change.by_petitioner(AT, "withdraw"), None)

    assert with_kept_file(withdrawn).attachments[0].is_clean


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.AWAITING_INFORMATION])
def test_an_officer_attaches_to_an_answer_while_it_can_be_drafted(state):
    petition = with_file(a_petition(state), **answers_file())

    assert petition.attachments[0].clean_key.startswith("answers/")


@pytest.mark.parametrize("state", [State.ASSIGNED, State.AWAITING_APPROVAL, State.RESTRICTED])
def test_and_at_no_other_time(state):
    with pytest.raises(ActionNotPossibleError):
        with_file(a_petition(state), **answers_file())


def test_enough_is_enough_but_a_form_that_was_not_used_counts_only_while_it_holds():
    petition = with_file(with_file(a_petition(), 1), 2)

    with pytest.raises(InvalidInputError) as refused:
        with_file(petition, 3)
    later = AT + LIMITS.upload_within

    assert refused.value.problems == (("filename", "too-many-files"),)
    assert len(with_file(petition, 3, declared_at=later).attachments) == 3


def test_clean_files_count_for_ever_and_those_of_the_answer_by_themselves():
    petition = with_kept_file(with_kept_file(with_file(with_file(a_petition(State.IN_PROGRESS), 1), 2), 1), 2)

    with pytest.raises(InvalidInputError):
        with_file(petition, 3, declared_at=AT + timedelta(days=9))
    assert with_file(petition, **answers_file()).attachments[-1].belongs_to is BelongsTo.ANSWER


def test_whoever_keeps_declaring_fills_a_bounded_part_of_the_history():
    petition, at = a_petition(), AT
    for number in range(LIMITS.declarations):
        petition = with_file(petition, number, declared_at=at)
        at += LIMITS.upload_within

    with pytest.raises(InvalidInputError):
        with_file(petition, 99, declared_at=at)


def test_a_file_said_to_be_too_large_is_refused_before_it_is_sent():
    with pytest.raises(InvalidInputError) as refused:
        with_file(a_petition(), size=LIMITS.bytes_each + 1)

    assert refused.value.problems == (("size", "file-too-large"),)


def test_a_file_completes_a_petition_that_waited_and_its_handler_is_notified_once():
    waiting = with_file(with_file(a_petition(State.AWAITING_INFORMATION), 1), 2)

    first = with_kept_file(waiting, 1)
    second = with_kept_file(first, 2)

    assert (first.state, second.state) == (State.IN_PROGRESS, State.IN_PROGRESS)
    assert notices_after(first, first.history[-1]) == ((NoticeKind.SUPPLEMENTED, Audience.HANDLER),)
    assert notices_after(second, second.history[-1]) == ()


def test_an_officers_file_completes_nothing_and_its_petitioner_reads_nothing_of_it():
    petition = with_kept_file(with_file(a_petition(State.AWAITING_INFORMATION), **answers_file(9)), 9)

    assert petition.state is State.AWAITING_INFORMATION
    assert not any(e.is_visible for e in petition.history if e.facts.has("attachment"))


def test_opening_is_recorded_once_for_each_officer_file_and_day():
    petition = with_kept_file(with_file(a_petition()))
    (file,) = petition.attachments

    opened = petition.record_file_opening(file, by="officer:minh", at=AT)
    again = opened.record_file_opening(file, by="officer:minh", at=AT + timedelta(hours=3))
    another = again.record_file_opening(file, by="officer:lan", at=AT)
    next_day = another.record_file_opening(file, by="officer:minh", at=AT + timedelta(days=1))

    assert again is opened
    assert [e.by for e in next_day.history if e.action is Action.OPEN_ATTACHMENT] == [
        "officer:minh",
        "officer:lan",
        "officer:minh",
    ]
    assert not next_day.history[-1].is_visible


def test_erasing_forgets_every_file_but_those_that_are_public():
    petition = with_file(with_file(a_petition(State.IN_PROGRESS), **answers_file(8)), **answers_file(9))
    petition = with_kept_file(with_kept_file(with_kept_file(with_file(petition, 1), 1), 8), 9)
    petition = petition.draft_answer(
        Change.by_officer("minh", AT, "d"), "Xem tệp.", attachments=(f"{9:032x}",)
    ).approve(Change.by_officer("binh", AT, "a"))
    public = Publication(subject="…", content="…", answer="…", attachments=(f"{9:032x}",), published_at=AT)
    petition = petition.publish(Change.by_officer("binh", AT, "p"), public)
    petition = petition.close(Change.by_timer(AT, "c"))

    erased = petition.erase(Change.by_timer(AT, "e"))

    assert [file_.id for file_ in erased.attachments] == [f"{9:032x}"]
    assert not any(entry.text or entry.note for entry in erased.history)


def test_child_has_the_files_of_its_parents_answer_and_never_erases_them():
    parent = with_kept_file(
        with_file(a_petition(State.IN_PROGRESS, reference="26414574760"), **answers_file(9)), 9
    )
    parent = parent.draft_answer(
        Change.by_officer("minh", AT, "d"), "Xem tệp.", attachments=(f"{9:032x}",)
    ).approve(Change.by_officer("binh", AT, "a"))
    own = with_kept_file(with_file(a_petition(State.ASSIGNED)))

    child = own.model_copy(update={"attachments": own.files_with_answer_of(parent)})

    assert [(file_.id, file_.parent) for file_ in child.attachments] == [
        (f"{1:032x}", None),
        (f"{9:032x}", parent.reference),
    ]
    assert child.files_with_answer_of(parent) == child.attachments
    assert child.files_to_erase == own.attachments


@pytest.mark.parametrize(
    ("text", "content_type", "shown"),
    [
        pytest.param("Quyết định.PDF", "application/pdf", "Quyết định.pdf", id="as it is"),
        pytest.param("Quyết định", "application/pdf", "Quyết định.pdf", id="without extension"),
        pytest.param("anh.jpg", "application/pdf", "anh.pdf", id="with another type's extension"),
        pytest.param("báo cáo 2.0", "application/pdf", "báo cáo 2.0.pdf", id="a dot that is no extension"),
        pytest.param(r"C:\fakepath\anh.png", "image/png", "anh.png", id="a path, as browsers give it"),
        pytest.param("../../etc/passwd", None, "passwd", id="a path upwards"),
        pytest.param("anh\u202egpj.exe", "image/jpeg", "anhgpj.exe.jpg", id="reads other than it is"),
        pytest.param("a\r\nSet-Cookie: b.jpg", "image/jpeg", "aSet-Cookie_ b.jpg", id="a header in it"),
        pytest.param('a"b<c>.png', "image/png", "a_b_c_.png", id="signs that no system saves"),
        pytest.param("e\u0302.png", "image/png", "\u00ea.png", id="decomposed letters"),
        pytest.param("...", "image/png", "tep.png", id="nothing left"),
        pytest.param("x" * 300, "image/png", "x" * 96 + ".png", id="too long"),
    ],
)
def test_a_file_name_is_safe_to_show_and_to_save(text, content_type, shown):
    assert clean_filename(text, content_type) == shown


@given(st.text(), st.sampled_from(["image/jpeg", "application/pdf", None]))
def test_any_file_name_becomes_a_short_one_without_paths_and_stays_so(text, content_type):
    name = clean_filename(text, content_type)

    assert 1 <= len(name) <= LONGEST_FILENAME
    assert not set(name) & set('/\\"\r\n\0<>')
    assert clean_filename(name, content_type) == name


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("quarantine/26483190274", id="no file"),
        pytest.param(f"petitions/{REFERENCE}/{'a' * 32}", id="not the quarantine"),
        pytest.param(f"quarantine/{REFERENCE}/{'A' * 32}", id="not our digits"),
        pytest.param(f"quarantine/{REFERENCE}/{'a' * 32}/x", id="deeper"),
        pytest.param(f"quarantine/../{REFERENCE}/{'a' * 32}", id="upwards"),
    ],
)
def test_only_our_own_keys_lead_to_a_file(key):
    assert place_of(key) is None
    assert place_of(quarantine_key(REFERENCE, "a" * 32)) == (REFERENCE, "a" * 32)
