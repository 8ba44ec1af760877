"""A petitioner's files: declared, uploaded straight to the bucket, checked in quarantine, kept or not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.intake import composition
from chalicelib.intake.uploads.check_upload import NotScannedYetError, UploadCheck
from chalicelib.intake.uploads.scanners import EicarScanner, GuardDutyScanner
from infra.local.emulation.functions import HttpResponse
from infra.local.emulation.pumps import QueuePump
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform.bucket import AttachmentsBucket
from tests.support import files
from tests.support.system import System

JPEG = files.picture_with_place()
DECLARED = {"filename": "Ảnh biên nhận.jpg", "content_type": "image/jpeg", "size": len(JPEG)}


@pytest.fixture
def declared(intake: System, sent: dict[str, Any]) -> dict[str, Any]:
    """A declared picture: what the API answered."""
    answer = declare(intake, sent)
    assert answer.status == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def declare(intake: System, receipt: dict[str, Any], named: str = "", **changes: Any) -> HttpResponse:
    headers = {"X-Petition-Pin": receipt["pin"], **({"Idempotency-Key": named} if named else {})}
    path = f"/v1/petitions/{receipt['reference']}/attachments"
    return intake.http("POST", path, json={**DECLARED, **changes}, headers=headers)


def uploads(intake: System) -> QueuePump:
    return next(pump for pump in intake.local.pumps.queues if pump.queue.endswith("uploads"))


def checked(intake: System, receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """Let everything that waits in the queue be checked, and return the petition's files."""
    while uploads(intake).step():
        pass
    view = intake.http(
        "GET", f"/v1/petitions/{receipt['reference']}", headers={"X-Petition-Pin": receipt["pin"]}
    )
    shown: list[dict[str, Any]] = view.json().get("attachments", [])
    return shown


def objects(intake: System) -> dict[str, bytes]:
    """Return everything that lies in the bucket."""
    s3, bucket = intake.local.cloud.client("s3"), intake.local.cloud.outputs["AttachmentsBucket"]
    keys = [listed["Key"] for listed in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def stored(receipt: dict[str, Any]) -> Petition:
    petition = composition.parts().petitions.get(receipt["reference"])
    assert petition is not None
    return petition


# --- declaring --------------------------------------------------------------------------------------


def test_the_signed_policy_fixes_place_type_length_and_time(sent, declared):
    fields = declared["upload"]["fields"]
    policy = json.loads(base64.b64decode(fields["policy"]))
    key = f"quarantine/{sent['reference']}/{declared['attachment']['id']}"

    conditions = policy["conditions"]

    assert {"key": key} in conditions
    assert {"Content-Type": "image/jpeg"} in conditions
    assert ["content-length-range", len(JPEG), len(JPEG)] in conditions
    assert not any("starts-with" in condition for condition in conditions)
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert 0 < left.total_seconds() <= 30 * 60
    assert fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_neither_name_nor_pin_nor_words_of_anybody_travel_with_the_upload(sent, declared):
    travelling = json.dumps(declared["upload"]["fields"], ensure_ascii=False)
    policy = base64.b64decode(declared["upload"]["fields"]["policy"]).decode()

    for secret in (sent["pin"], "nhận", "Nguyễn"):
        assert secret not in travelling + policy


@pytest.mark.parametrize(
    ("declared_type", "filename", "content_type"),
    [
        pytest.param("image/jpg", "a.jpg", "image/jpeg", id="image/jpg"),
        pytest.param("image/pjpeg", "a.jpg", "image/jpeg", id="an old browser's jpeg"),
        pytest.param("image/x-png", "a.png", "image/png", id="an old browser's png"),
        pytest.param("IMAGE/JPEG", "a.jpg", "image/jpeg", id="capitals"),
        pytest.param("image/webp; charset=binary", "a", "image/webp", id="a parameter"),
        pytest.param("application/x-pdf", "a.pdf", "application/pdf", id="an old name of pdf"),
        pytest.param(
            "application/octet-stream", "scan.PDF", "application/pdf", id="unknown, the name says it"
        ),
        pytest.param("", "IMG_1.JPEG", "image/jpeg", id="nothing, the name says it"),
    ],
)
def test_other_names_of_the_same_types_are_taken(intake, sent, declared_type, filename, content_type):
    answer = declare(intake, sent, filename=filename, content_type=declared_type)

    assert answer.status == 201
    assert answer.json()["upload"]["fields"]["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"filename": " "}, ("filename", "missing"), id="no name"),
        pytest.param(
            {"filename": "a\ud800"}, ("filename", "control-characters"), id="half a character in the name"
        ),
        pytest.param({"filename": "x" * 256}, ("filename", "too-long"), id="a very long name"),
        pytest.param({"content_type": "image/heic"}, ("content_type", "file-type"), id="heic"),
        pytest.param({"content_type": "text/html"}, ("content_type", "file-type"), id="html"),
        pytest.param({"content_type": "image/svg+xml"}, ("content_type", "file-type"), id="svg"),
        pytest.param({"size": 0}, ("size", "invalid"), id="no byte"),
        pytest.param({"size": 10 * 2**20 + 1}, ("size", "file-too-large"), id="over 10 MB"),
        pytest.param({"size": "9"}, ("size", "invalid"), id="a number as text"),
        pytest.param({"key": "petitions/x"}, ("key", "extra_forbidden"), id="a place of one's own choice"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_anything_is_sent(intake, sent, changes, problem):
    before = stored(sent)

    answer = declare(intake, sent, **changes)

    assert answer.status == 422
    assert [(error["field"], error["rule"]) for error in answer.json()["errors"]] == [problem]
    assert stored(sent) == before


def test_only_who_has_the_pin_may_declare(intake, sent):
    answer = declare(intake, {**sent, "pin": "00000000"})

    assert (answer.status, answer.json()["code"]) == (404, "not-found-or-wrong-pin")


def test_the_same_declaration_again_is_the_same_file(intake, sent, declared):
    again = declare(intake, sent)

    assert again.status == 200
    assert again.json()["attachment"] == declared["attachment"]
    assert len(stored(sent).attachments) == 1


def test_another_key_is_another_file_until_there_are_enough(intake, sent):
    answers = [declare(intake, sent, named=f"file-{number}") for number in range(6)]

    assert [answer.status for answer in answers] == [201] * 5 + [422]
    assert answers[-1].json()["errors"][0]["rule"] == "too-many-files"


# --- uploading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "changed", "code"),
    [
        pytest.param(JPEG + b"x", {}, "EntityTooLarge", id="longer than declared"),
        pytest.param(JPEG[:-1], {}, "EntityTooSmall", id="shorter than declared"),
        pytest.param(JPEG, {"Content-Type": "text/html"}, "AccessDenied", id="another type"),
        pytest.param(JPEG, {"key": "answers/" + "a" * 32}, "AccessDenied", id="another place"),
        pytest.param(JPEG, {"acl": "public-read"}, "AccessDenied", id="for everybody to read"),
        pytest.param(JPEG, {"x-amz-signature": "0" * 64}, "SignatureDoesNotMatch", id="unsigned"),
        pytest.param(
            JPEG,
            {
                "policy": base64.b64encode(
                    b'{"expiration": "2999-01-01T00:00:00Z", "conditions": []}'
                ).decode()
            },
            "SignatureDoesNotMatch",
            id="a policy of one's own",
        ),
    ],
)
def test_the_bucket_takes_nothing_but_what_was_declared(intake, declared, content, changed, code):
    answer = intake.upload(declared["upload"], content, **changed)

    assert f"<Code>{code}</Code>" in answer.text
    assert objects(intake) == {}


def test_a_clean_picture_is_kept_without_the_place_in_it(intake, sent, declared):
    assert intake.upload(declared["upload"], JPEG).status == 204

    (shown,) = checked(intake, sent)

    assert (shown["state"], shown["filename"]) == ("CLEAN", "Ảnh biên nhận.jpg")
    ((key, content),) = objects(intake).items()
    assert key == f"petitions/{shown['id']}"
    assert files.GPS_NOTE not in content
    assert len(content) == shown["size"]


@pytest.mark.parametrize(
    ("content", "rejection"),
    [
        pytest.param(files.EICAR, "INFECTED", id="malware"),
        pytest.param(files.document(files.EICAR), "INFECTED", id="malware in a document"),
        pytest.param(files.document(), "WRONG_TYPE", id="a document said to be a jpeg"),
        pytest.param(JPEG[:100], "DAMAGED", id="cut off"),
    ],
)
def test_what_is_rejected_is_gone_and_its_petitioner_reads_why(intake, sent, content, rejection):
    form = declare(intake, sent, size=len(content)).json()["upload"]
    intake.upload(form, content)

    (shown,) = checked(intake, sent)

    assert (shown["state"], shown["rejection"]) == ("REJECTED", rejection)
    assert shown["reason"]
    assert objects(intake) == {}


def test_a_rejected_file_may_be_sent_anew(intake, sent):
    wrong = files.picture("PNG")
    first = declare(intake, sent, size=len(wrong)).json()
    intake.upload(first["upload"], wrong)
    checked(intake, sent)

    second = declare(intake, sent, size=len(wrong))

    assert second.status == 201
    assert second.json()["attachment"]["id"] != first["attachment"]["id"]


def test_the_queue_carries_keys_and_no_names(intake, declared):
    intake.upload(declared["upload"], JPEG)
    sqs, url = intake.local.cloud.client("sqs"), intake.local.cloud.queue_url("uploads")

    bodies = [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]]

    assert len(bodies) == 1
    assert "jpg" not in bodies[0]


# --- twice, late, by nobody ---------------------------------------------------------------------------


def test_an_event_that_comes_again_changes_nothing(intake, sent, declared):
    intake.upload(declared["upload"], JPEG)
    checked(intake, sent)
    before, stored_files = stored(sent), objects(intake)

    composition.upload_check().check(declared["upload"]["fields"]["key"])

    assert (stored(sent), objects(intake)) == (before, stored_files)


def test_a_file_uploaded_again_after_its_check_is_thrown_away(intake, sent, declared):
    intake.upload(declared["upload"], JPEG)
    checked(intake, sent)
    before, stored_files = stored(sent), objects(intake)

    intake.upload(declared["upload"], files.picture()[: len(JPEG)].ljust(len(JPEG), b"\0"))
    checked(intake, sent)

    assert (stored(sent), objects(intake)) == (before, stored_files)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("quarantine/26483190274/" + "a" * 32, id="of no petition"),
        pytest.param("quarantine/somewhere/else", id="of no shape of ours"),
    ],
)
def test_an_upload_that_nobody_declared_is_removed(intake, key):
    bucket = intake.local.cloud.outputs["AttachmentsBucket"]
    intake.local.cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=JPEG)

    uploads(intake).step()

    assert objects(intake) == {}


def test_a_file_that_arrives_after_the_matter_ended_is_kept_all_the_same(intake, sent, declared):
    intake.upload(declared["upload"], JPEG)
    headers = {"X-Petition-Pin": sent["pin"]}
    intake.http("POST", f"/v1/petitions/{sent['reference']}/withdrawal", json={}, headers=headers)

    (shown,) = checked(intake, sent)

    assert shown["state"] == "CLEAN"


class _Crash(BaseException):
    """The process dies."""


class _CrashingBucket(AttachmentsBucket):
    """Dies at one of its steps, before or after it."""

    def __init__(self, bucket: str, step: str, *, after: bool) -> None:
        super().__init__(bucket)
        self._step, self._after = step, after

    def _maybe(self, step: str, act: Any, *args: Any) -> Any:
        if step != self._step:
            return act(*args)
        if self._after:
            act(*args)
        raise _Crash

    def write(self, key: str, content: bytes, content_type: str) -> None:
        self._maybe("write", super().write, key, content, content_type)

    def remove(self, key: str) -> None:
        self._maybe("remove", super().remove, key)


@pytest.mark.parametrize("step", ["write", "remove"])
@pytest.mark.parametrize("after", [pytest.param(True, id="after"), pytest.param(False, id="before")])
def test_a_crash_is_mended_by_the_message_that_comes_again(intake, sent, declared, step, after):
    intake.upload(declared["upload"], JPEG)
    parts = composition.parts()
    bucket = _CrashingBucket(parts.settings.attachments_bucket, step, after=after)
    crashing = UploadCheck(parts.petitions, bucket, EicarScanner(), parts.settings.file_limits)
    with pytest.raises(_Crash):
        crashing.check(declared["upload"]["fields"]["key"])

    (shown,) = checked(intake, sent)

    assert shown["state"] == "CLEAN"
    assert list(objects(intake)) == [f"petitions/{shown['id']}"]
    entries = [entry for entry in stored(sent).history if entry.action is Action.KEEP_ATTACHMENT]
    assert len(entries) == 1


# --- GuardDuty's verdict ------------------------------------------------------------------------------


@pytest.fixture
def guarded(intake: System, declared: dict[str, Any]) -> UploadCheck:
    """The check as it is put together in the cloud, with a file in quarantine that was not scanned yet."""
    intake.upload(declared["upload"], JPEG)
    parts = composition.parts()
    scanner = GuardDutyScanner(parts.bucket)
    return UploadCheck(parts.petitions, parts.bucket, scanner, parts.settings.file_limits)


def tag(intake: System, key: str, verdict: str) -> None:
    intake.local.cloud.client("s3").put_object_tagging(
        Bucket=intake.local.cloud.outputs["AttachmentsBucket"],
        Key=key,
        Tagging={"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": verdict}]},
    )


@pytest.mark.parametrize("verdict", ["", "UNSUPPORTED", "ACCESS_DENIED", "FAILED"])
def test_without_a_verdict_the_file_stays_in_quarantine_and_the_message_comes_again(
    intake, sent, declared, guarded, verdict
):
    key = declared["upload"]["fields"]["key"]
    before = stored(sent)
    if verdict:
        tag(intake, key, verdict)

    with pytest.raises(NotScannedYetError):
        guarded.check(key)

    assert stored(sent) == before
    assert list(objects(intake)) == [key]


@pytest.mark.parametrize(("verdict", "state"), [("NO_THREATS_FOUND", "CLEAN"), ("THREATS_FOUND", "REJECTED")])
def test_the_tag_decides(intake, sent, declared, guarded, verdict, state):
    key = declared["upload"]["fields"]["key"]
    tag(intake, key, verdict)

    guarded.check(key)

    assert [attachment.state for attachment in stored(sent).attachments] == [state]
    assert key not in objects(intake)
