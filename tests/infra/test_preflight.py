"""Checks before a deployment touches anything."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from moto import mock_aws

from infra.deployment import preflight
from infra.deployment.errors import DeployError, exit_code_of, in_one_sentence
from infra.deployment.preflight import Source, objections, reservations, source_of
from infra.deployment.stages import lambda_names
from infra.deployment.templates import REGION
from infra.layout import FUNCTIONS, ROOT

ACCOUNT = "123456789012"
CLEAN = Source("0" * 40)
HOST = "pakn.gov.vn"


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with mock_aws():
        yield boto3.Session(
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name=REGION,
        )


def certificate_of(session: boto3.Session, host: str) -> str:
    return str(session.client("acm").request_certificate(DomainName=host)["CertificateArn"])


def objections_to(
    session: boto3.Session, parameters: dict[str, str], source: Source = CLEAN, *, dirty: bool = False
) -> str:
    return "\n".join(objections(session, ACCOUNT, {"Stage": "dev", **parameters}, source, dirty=dirty))


def test_nothing_stands_in_the_way_of_committed_sources_on_a_plain_stage(session):
    assert objections_to(session, {}) == ""


def test_sources_that_are_not_committed_are_refused_by_name_unless_somebody_wants_them(session):
    changed = Source("0" * 40, ("functions/router/app.py",))

    assert "functions/router/app.py" in objections_to(session, {}, changed)
    assert "ARGS=--dirty" in objections_to(session, {}, changed)
    assert objections_to(session, {}, changed, dirty=True) == ""


def test_a_stage_of_another_account_is_refused(session):
    assert objections_to(session, {"Account": ACCOUNT}) == ""
    assert objections_to(session, {"Account": "999999999999"}) == (
        f"Stage dev belongs to account 999999999999, these credentials to {ACCOUNT}"
    )


@pytest.mark.parametrize(
    ("arn", "sentence"),
    [
        pytest.param("", "no CertificateArn", id="none named"),
        pytest.param(
            f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1", f"not in {REGION}", id="of another region"
        ),
        pytest.param(
            f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000",
            "There is no certificate",
            id="deleted",
        ),
    ],
)
def test_a_host_without_its_certificate_is_refused_in_one_sentence(session, arn, sentence):
    refused = objections_to(session, {"DomainName": HOST, "CertificateArn": arn})

    assert sentence in refused
    assert "\n" not in refused


def test_a_certificate_that_is_not_issued_or_of_another_host_is_refused(session):
    arn = certificate_of(session, "elsewhere.gov.vn")

    refused = objections_to(session, {"DomainName": HOST, "CertificateArn": arn})

    assert "PENDING_VALIDATION, not ISSUED" in refused
    assert f"does not name {HOST}, only elsewhere.gov.vn" in refused


# ---------------------------------------------------------------- room in the account


def test_a_stage_that_reserves_is_refused_where_quotas_are_too_small(emulated, monkeypatch):
    free = emulated.client("lambda").get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    mails = emulated.client("ses").get_send_quota()["Max24HourSend"]
    monkeypatch.setattr(preflight, "SANDBOX_MAILS_PER_DAY", mails)
    monkeypatch.setattr(preflight, "LEFT_TO_PEOPLE", free - sum(reservations().values()) + 1)

    refused = objections_to(emulated, {"ReserveConcurrency": "true"})

    assert f"the stage reserves {sum(reservations().values())}" in refused
    assert "e-mails a day, as in its sandbox" in refused
    assert objections_to(emulated, {"ReserveConcurrency": "false"}) == ""


def test_every_consumer_of_a_queue_stream_or_schedule_reserves():
    assert {name.removeprefix("pakn-${Stage}-") for name in reservations()} == {
        "intake-on-parts",
        "intake-on-upload",
        "notifier-on-notice",
        "notifier-on-receipt",
        "router-learn",
        "router-on-change",
        "router-on-route",
        "sla-timer-hourly",
        "sla-timer-on-wake",
        "sla-timer-sweep",
    }


# ---------------------------------------------------------------- sources


def test_the_commit_and_what_differs_from_it_are_read_from_git(tmp_path):
    def git(*command: str) -> None:
        name = ["-c", "user.name=t", "-c", "user.email=t@example.vn"]
        subprocess.run(["git", *name, *command], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    (tmp_path / "a.txt").write_text("1")
    git("add", ".")
    git("commit", "-m", "First")
    committed = source_of(tmp_path)
    (tmp_path / "b.txt").write_text("2")

    assert len(committed.commit) == 40
    assert committed.changed == ()
    assert source_of(tmp_path) == Source(committed.commit, ("b.txt",))


def test_a_folder_without_git_has_no_known_commit(tmp_path):
    assert source_of(tmp_path).commit == "unknown"
    assert source_of(tmp_path).changed != ()
    assert Path(ROOT).is_dir()


# ---------------------------------------------------------------- what went wrong, in one sentence


def answer(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateChangeSet")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        pytest.param(exceptions.NoCredentialsError(), "There are no AWS credentials here", id="none"),
        pytest.param(
            exceptions.PartialCredentialsError(provider="env", cred_var="x"),
            "There are no AWS credentials",
            id="half",
        ),
        pytest.param(
            exceptions.UnauthorizedSSOTokenError(), "Your sign-in to AWS has ended", id="signed out"
        ),
        pytest.param(
            exceptions.ProfileNotFound(profile="ops"), "set AWS_PROFILE to one of", id="no such profile"
        ),
        pytest.param(exceptions.NoRegionError(), "No AWS region is set", id="no region"),
        pytest.param(
            exceptions.EndpointConnectionError(endpoint_url="https://sts"),
            "cannot be reached",
            id="no network",
        ),
        pytest.param(answer("ExpiredToken"), "Your sign-in to AWS has ended", id="expired"),
        pytest.param(answer("InvalidClientTokenId"), "does not know these credentials", id="unknown to AWS"),
        pytest.param(answer("AccessDenied"), "may not CreateChangeSet", id="forbidden"),
        pytest.param(
            answer("ValidationError", "too long"), "refused CreateChangeSet: too long", id="refused"
        ),
    ],
)
def test_what_went_wrong_is_one_sentence(error: BotoCoreError | ClientError, sentence: Any):
    text = in_one_sentence(error)

    assert sentence in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        pytest.param(answer("ExpiredToken"), "Your sign-in to AWS has ended", id="of the AWS client"),
        pytest.param(DeployError("no such stage"), "no such stage", id="expected"),
    ],
)
def test_a_command_that_fails_says_why_and_ends_with_1(error, sentence, capsys):
    def work() -> None:
        raise error

    code = exit_code_of(work, DeployError)

    assert code == 1
    assert capsys.readouterr().err.startswith(sentence)


def test_a_command_that_says_how_it_ended_ends_so():
    assert [exit_code_of(lambda: None), exit_code_of(lambda: 0), exit_code_of(lambda: 1)] == [0, 0, 1]


def test_a_defect_of_a_command_is_no_sentence():
    def work() -> None:
        raise KeyError("Stage")

    with pytest.raises(KeyError):
        exit_code_of(work, DeployError)


def test_the_templates_call_each_lambda_by_the_name_that_deployments_know():
    names = {name for function in FUNCTIONS for name in lambda_names(function, "dev").values()}

    assert {name.replace("${Stage}", "dev") for name in reservations()} <= names
    assert lambda_names("intake", "dev")["api_handler"] == "pakn-dev-intake"
