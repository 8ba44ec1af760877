"""Going back to an earlier package, tried against ministack: from the bucket alone, never twice to the same fault."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import boto3
import pytest

from infra.deployment import smoke, versions
from infra.deployment.artifacts import Release, digest_of, to_go_back_to
from infra.deployment.cloud import Cloud, Options
from infra.deployment.errors import DeployError
from infra.deployment.package import Package
from infra.deployment.rollback import line_of

STAGE = "back1"
PARAMETERS = {"Stage": STAGE, "Greeting": "hello"}
LAMBDA = f"pakn-{STAGE}-router-on-route"


@pytest.fixture
def cloud(emulated: boto3.Session) -> Cloud:
    cloud = Cloud(emulated, poll_seconds=0.05)
    cloud.deploy("artifacts", PARAMETERS)
    return cloud


def release_of(tmp_path: Any, answer: str) -> Package:
    """Return a package of one Lambda whose answers say which code and which setting is live."""
    code = f"import os\ndef handler(event, context):\n    return '{answer} ' + os.environ['GREETING']\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), code)
    path = tmp_path / f"{answer}.zip"
    path.write_bytes(buffer.getvalue())
    properties = {
        "FunctionName": {"Fn::Sub": "pakn-${Stage}-router-on-route"},
        "Handler": "app.handler",
        "Runtime": "python3.12",
        "CodeUri": ".",
        "AutoPublishAlias": "live",
        "AutoPublishAliasAllProperties": True,
        "Environment": {"Variables": {"GREETING": {"Ref": "Greeting"}}},
    }
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Stage": {"Type": "String"}, "Greeting": {"Type": "String"}},
        "Resources": {"OnRoute": {"Type": "AWS::Serverless::Function", "Properties": properties}},
    }
    return Package("router", path, template)


def live() -> str:
    done = boto3.client("lambda").invoke(FunctionName=LAMBDA, Qualifier="live", Payload=b"{}")
    return str(done["Payload"].read().decode().strip('"'))


def test_going_back_brings_the_package_before_the_latest_and_then_the_one_before_that(cloud, tmp_path):
    for name in ("first", "second", "third"):
        cloud.deploy("router", PARAMETERS, package=release_of(tmp_path, name), options=Options(commit=name))
    answers = [live()]

    for _ in range(2):
        release = to_go_back_to("router", cloud.artifacts(STAGE).releases("router"))
        cloud.go_back("router", release, PARAMETERS, Options())
        answers.append(live())

    releases = cloud.artifacts(STAGE).releases("router")
    assert answers == ["third hello", "second hello", "first hello"]
    assert [each.commit for each in releases] == ["first", "second", "third", "second", "first"]
    assert [each.withdrawn for each in releases] == [False, False, True, True, False]


def test_a_setting_that_alone_was_changed_reaches_the_alias(cloud, tmp_path):
    package = release_of(tmp_path, "same")
    cloud.deploy("router", PARAMETERS, package=package)

    cloud.deploy("router", {**PARAMETERS, "Greeting": "good day"}, package=package)

    assert live() == "same good day"


def test_going_back_keeps_the_settings_of_today(cloud, tmp_path):
    earlier = release_of(tmp_path, "earlier")
    cloud.deploy("router", PARAMETERS, package=earlier)
    cloud.deploy("router", PARAMETERS, package=release_of(tmp_path, "later"))
    digest = digest_of(earlier.archive.read_bytes())
    release = to_go_back_to("router", cloud.artifacts(STAGE).releases("router"), digest[:12])

    cloud.go_back("router", release, {**PARAMETERS, "Greeting": "today"}, Options())

    assert live() == "earlier today"


def test_a_package_is_kept_with_its_function_commit_and_time(cloud, tmp_path):
    package = release_of(tmp_path, "described")
    cloud.deploy("router", PARAMETERS, package=package, options=Options(commit="4711"))

    key = f"router/{digest_of(package.archive.read_bytes())}.zip"
    bucket = cloud.artifacts(STAGE).bucket
    metadata = boto3.client("s3").head_object(Bucket=bucket, Key=key)["Metadata"]

    assert (metadata["function"], metadata["commit"]) == ("router", "4711")
    assert metadata["built-at"].endswith("+00:00")


def test_a_package_that_is_gone_from_the_bucket_is_said_with_its_commit(cloud):
    release = Release("0" * 64, "templates/none.json", {}, "4711", "2026-11-29T01:00:00+00:00")

    with pytest.raises(DeployError, match="deploy commit 4711"):
        cloud.go_back("router", release, PARAMETERS, Options())


def test_old_versions_go_and_the_latest_three_and_the_live_one_stay(cloud, tmp_path):
    for number in range(5):
        cloud.deploy("router", PARAMETERS, package=release_of(tmp_path, f"version-{number}"))
    functions = boto3.client("lambda")

    removed = versions.tidy(functions, [LAMBDA])

    left = [each["Version"] for each in functions.list_versions_by_function(FunctionName=LAMBDA)["Versions"]]
    assert removed
    assert len(left) == 1 + versions.KEPT
    assert live() == "version-4 hello"


def test_a_consumer_that_fails_with_an_empty_batch_is_named_and_one_that_answers_is_not(cloud, tmp_path):
    functions = boto3.client("lambda")
    cloud.deploy("router", PARAMETERS, package=release_of(tmp_path, "works"))
    works = [*smoke.failures([], [LAMBDA], functions)]
    broken = release_of(tmp_path, "broken")
    broken.archive.write_bytes(b"")
    with zipfile.ZipFile(broken.archive, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), "import nothing_of_the_kind\n")
    cloud.deploy("router", PARAMETERS, package=broken)

    fails = [*smoke.failures([], [LAMBDA], functions)]

    assert works == []
    assert len(fails) == 1
    assert LAMBDA in fails[0]


# ---------------------------------------------------------------- which release, which address


def release(digest: str, *, withdrawn: bool = False) -> Release:
    return Release(digest, "templates/1.json", {}, "4711", "2026-11-29T01:00:00+00:00", withdrawn)


@pytest.mark.parametrize(
    ("digests", "to", "expected"),
    [
        pytest.param(["aa", "bb", "cc"], None, "bb", id="the one before the latest"),
        pytest.param(["aa", "bb", "bb"], None, "aa", id="another package, not the same deployed twice"),
        pytest.param(["aa", "bb", "cc"], "a", "aa", id="the one that is named"),
        pytest.param(["aa", "-bb", "cc"], None, "aa", id="not one that was withdrawn"),
        pytest.param(["aa", "-bb", "cc"], "bb", "bb", id="a withdrawn one, if it is named"),
    ],
)
def test_the_release_to_go_back_to(digests, to, expected):
    releases = [release(each.removeprefix("-"), withdrawn=each.startswith("-")) for each in digests]

    assert to_go_back_to("router", releases, to).digest == expected


@pytest.mark.parametrize(
    ("digests", "to", "sentence"),
    [
        pytest.param([], None, "known packages: none", id="nothing was ever deployed"),
        pytest.param(["aa"], None, "known packages: aa", id="only one release"),
        pytest.param(["aa", "bb"], "c", "known packages: bb, aa", id="an unknown digest"),
        pytest.param(["ab", "ac"], "a", "give more of the digest", id="a digest that fits two"),
    ],
)
def test_where_there_is_nothing_to_go_back_to_it_is_said(digests, to, sentence):
    with pytest.raises(DeployError, match=sentence):
        to_go_back_to("router", [release(each) for each in digests], to)


def test_a_release_is_a_line_of_digest_time_and_commit():
    assert line_of(release("ab", withdrawn=True)) == "ab  2026-11-29T01:00:00+00:00  4711  withdrawn"


def test_a_function_is_asked_on_the_stages_host_and_without_one_on_api_gateways():
    outputs = {"EndpointURL": "https://a1.execute-api.ap-southeast-1.amazonaws.com/api/"}

    assert smoke.addresses("casework", {"DomainName": "pakn.gov.vn"}, {}) == [
        "https://pakn.gov.vn/desk/health"
    ]
    assert smoke.addresses("notifier", {"DomainName": ""}, outputs) == [f"{outputs['EndpointURL']}health"]
    assert smoke.addresses("router", {}, {}) == []


def test_an_address_that_does_not_answer_is_a_sentence():
    addresses = smoke.addresses("intake", {}, {"EndpointURL": "http://127.0.0.1:1/api/"})

    (health, home) = smoke.failures(addresses, [], None)

    assert health.startswith("http://127.0.0.1:1/api/health does not answer")
    assert home.startswith("http://127.0.0.1:1/api/ does not answer")
