"""The bucket's door for browsers refuses what S3 refuses, with S3's codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.system import System

PNG: dict[str, Any] = {"Content-Type": "image/png"}
KEY = "quarantine/26483190274/" + "a" * 32


def signed(system: System, *conditions: Any, expires_in: int = 60, **fields: Any) -> dict[str, str]:
    """Return the fields of a form as botocore signs them, the way the functions do."""
    bucket = system.local.cloud.outputs["AttachmentsBucket"]
    post_policy = system.local.cloud.client("s3").generate_presigned_post(
        bucket,
        KEY,
        Fields=fields,
        Conditions=[*({name: value} for name, value in fields.items()), *conditions],
        ExpiresIn=expires_in,
    )
    form: dict[str, str] = post_policy["fields"]
    return form


@pytest.fixture(autouse=True)
def _signs_as_the_functions_do(tiny: System) -> None:
    """botocore's client of this machine signs by the old scheme unless it is configured."""
    from botocore.config import Config

    tiny.local.cloud._clients["s3"] = tiny.local.cloud._session.client(
        "s3", region_name="ap-southeast-1", config=Config(signature_version="s3v4")
    )


def post(system: System, fields: dict[str, str], changed: dict[str, str] | None = None) -> HttpResponse:
    return system.upload({"fields": fields}, b"12345", **(changed or {}))


def code_of(answer: HttpResponse) -> str:
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


@pytest.mark.parametrize(
    ("origin", "method", "status"),
    [
        pytest.param("http://localhost:8088", "POST", 200, id="our own pages"),
        pytest.param("https://strange.example", "POST", 403, id="somebody else's"),
        pytest.param("http://localhost:8088", "GET", 403, id="nobody reads"),
        pytest.param("", "POST", 403, id="from nowhere"),
    ],
)
def test_scripts_of_our_own_pages_alone_may_send_to_the_bucket(tiny, origin, method, status):
    answer = tiny.local.bucket.preflight(origin, method, "x-requested-with")

    assert answer.status == status
    assert answer.header("Access-Control-Allow-Origin") == (origin if status == 200 else "")
    assert bool(tiny.local.bucket.for_scripts_of(origin, method)) is (status == 200)


def test_what_the_policy_allows_is_stored_with_its_type(tiny):
    answer = post(tiny, signed(tiny, ["content-length-range", 1, 5], **PNG))

    head = tiny.local.cloud.client("s3").head_object(
        Bucket=tiny.local.cloud.outputs["AttachmentsBucket"], Key=KEY
    )
    assert answer.status == 204
    assert (head["ContentType"], head["ContentLength"]) == ("image/png", 5)


def test_the_redirect_keeps_its_query_and_tells_what_was_stored(tiny):
    fields = signed(tiny, success_action_redirect="http://localhost:8088/tra-cuu/tep?p=1")

    answer = post(tiny, fields)

    location = answer.header("Location")
    assert answer.status == 303
    assert location.startswith("http://localhost:8088/tra-cuu/tep?p=1&bucket=")
    assert "&key=quarantine%2F26483190274%2F" in location


@pytest.mark.parametrize(
    ("conditions", "changed", "status", "code"),
    [
        pytest.param((["content-length-range", 1, 4],), {}, 400, "EntityTooLarge", id="too long"),
        pytest.param((["content-length-range", 6, 9],), {}, 400, "EntityTooSmall", id="too short"),
        pytest.param((), {"key": "answers/x"}, 403, "AccessDenied", id="another key"),
        pytest.param((), {"acl": "public-read"}, 403, "AccessDenied", id="a field that nobody allowed"),
        pytest.param((), {"x-amz-signature": "0"}, 403, "SignatureDoesNotMatch", id="another signature"),
        pytest.param((), {"policy": "e30="}, 403, "SignatureDoesNotMatch", id="another policy"),
        pytest.param((), {"x-amz-credential": "a/b"}, 403, "AccessDenied", id="no credential"),
        pytest.param((), {"x-amz-credential": "who/1/r/s3/a"}, 403, "AccessDenied", id="a stranger's"),
        pytest.param(
            (["starts-with", "$x-amz-meta-a", "b"],),
            {"x-amz-meta-a": "c"},
            403,
            "AccessDenied",
            id="a prefix",
        ),
    ],
)
def test_what_the_policy_does_not_allow_is_refused_and_not_stored(tiny, conditions, changed, status, code):
    answer = post(tiny, signed(tiny, *conditions), changed)

    listed = tiny.local.cloud.client("s3").list_objects_v2(
        Bucket=tiny.local.cloud.outputs["AttachmentsBucket"]
    )
    assert (answer.status, code_of(answer)) == (status, code)
    assert "Contents" not in listed


def test_a_policy_ends(tiny):
    answer = post(tiny, signed(tiny, expires_in=-1))

    assert (answer.status, code_of(answer)) == (403, "AccessDenied")


def test_a_field_to_be_ignored_needs_no_condition(tiny):
    assert post(tiny, signed(tiny), {"x-ignore-me": "x"}).status == 204


def test_the_bucket_tells_the_queue_of_what_was_put_into_quarantine(tiny):
    post(tiny, signed(tiny))

    sqs, url = tiny.local.cloud.client("sqs"), tiny.local.cloud.queue_url("uploads")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    (record,) = json.loads(message["Body"])["Records"]
    assert record["s3"]["object"]["key"].startswith("quarantine")
