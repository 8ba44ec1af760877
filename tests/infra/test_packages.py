"""The zips that go to Lambda: each is opened, and its door imported where nothing else is installed."""

from __future__ import annotations

import json
import re
import shutil
import sys
import zipfile
from functools import cache
from typing import Any

import pytest

from infra.deployment import smoke
from infra.deployment.package import PLACEHOLDER_CODE, build
from infra.deployment.packaging import archive
from infra.deployment.packaging.errors import PackageError
from infra.deployment.stages import digest_of
from infra.deployment.templates import findings, translate, unknown_names
from infra.layout import FUNCTIONS, ROOT
from tests.infra.packages import LAMBDA_PROVIDES, imported_from_door, opened, package, python, values_of
from tests.support import files
from tests.support.pdf_files import pdf

HANDLERS: dict[str, set[str]] = {
    "casework": {"APIHandler"},
    "intake": {"APIHandler", "Connect", "OnParts", "OnUpload"},
    "notifier": {"APIHandler", "OnNotice", "OnReceipt"},
    "router": {"Learn", "OnChange", "OnRoute"},
    "sla_timer": {"Hourly", "OnWake", "Sweep"},
}
UNZIPPED_LIMIT = 250 * 2**20
"""Bytes that Lambda takes unpacked (docs.aws.amazon.com/lambda, "Lambda quotas")."""


BUILT_TWICE = ("intake", "router")
"""The function with the most libraries, and one with the fewest: a build takes half a minute."""


@pytest.fixture(scope="module", params=FUNCTIONS)
def function(request: pytest.FixtureRequest) -> str:
    """Each function; module-scoped, so that pytest runs all tests of one package together and builds it once."""
    return str(request.param)


def names_in(function: str) -> list[str]:
    with zipfile.ZipFile(package(function).archive) as opened_zip:
        return opened_zip.namelist()


def test_the_zip_holds_the_door_the_functions_code_and_shared_code(function):
    names = names_in(function)

    assert {"app.py", f"chalicelib/{function}/__init__.py", "shared/domain/petition/petition.py"} <= set(
        names
    )


def test_the_zip_holds_neither_tests_nor_bytecode_nor_another_functions_code(function):
    assert list(archive.findings(package(function).archive, function, FUNCTIONS)) == []


def test_the_zip_holds_all_that_stands_in_the_repository(function):
    data = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "shared").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert data <= set(names_in(function))


def test_the_door_opens_with_only_the_zip_and_lambdas_runtime(function):
    done = python(function, "import app; print(type(app.app).__name__)")

    assert (done.stdout.strip() in {"Triggered", "WebApp"}, done.stderr) == (True, "")


def test_whatever_the_door_can_reach_is_packed_or_provided(function):
    provided = {*sys.stdlib_module_names, *LAMBDA_PROVIDES}
    own = opened(function)

    missing = {
        f"{module} (by {importer})"
        for module, importer in imported_from_door(function).items()
        if (top := module.partition(".")[0]) not in provided
        and not ((own / top).is_dir() or (own / f"{top}.py").is_file() or list(own.glob(f"{top}.*.so")))
    }

    assert missing == set()


def test_intake_writes_pictures_and_documents_anew_with_only_what_its_zip_holds():
    content = {
        "image/jpeg": files.picture("JPEG"),
        "image/png": files.picture("PNG"),
        "image/webp": files.picture("WEBP"),
        "application/pdf": pdf(),
    }
    code = "import sys; from chalicelib.intake.uploads.examine_file import examine\n" + "".join(
        f"print(examine({each!r}, {content_type!r}, 99999).content_type)\n"
        for content_type, each in content.items()
    )

    done = python("intake", code)

    assert (done.stdout.split(), done.stderr) == ([*content], "")


def test_whatever_a_function_requires_it_can_reach(function):
    of_module = {"aws-lambda-powertools": "aws_lambda_powertools", "pillow": "PIL", "pyjwt": "jwt"}
    requirements = package(function).workshop / "source" / "requirements.in"
    required = {line.partition("[")[0] for line in requirements.read_text().splitlines() if line}

    reached = {module.partition(".")[0] for module in imported_from_door(function)}

    assert {of_module.get(name, name) for name in required} <= reached


def test_translated_template_gives_webhooks_throttles_of_their_own():
    translated = json.loads((package("intake").workshop / "translated.json").read_text())["Resources"]
    stages = [each for each in translated.values() if each["Type"] == "AWS::ApiGateway::Stage"]
    apis = [each for each in translated.values() if each["Type"] == "AWS::ApiGateway::RestApi"]

    (settings,) = [stage["Properties"]["MethodSettings"] for stage in stages]
    (api,) = apis
    throttled = {each["ResourcePath"] for each in settings if each["ResourcePath"] != "/*"}
    assert throttled == {"/~1sms~1{proxy+}", "/~1hotline~1{proxy+}"}
    assert {"/sms/{proxy+}", "/hotline/{proxy+}"} <= set(api["Properties"]["Body"]["paths"])


def test_the_template_has_the_functions_triggers(function):
    resources = package(function).template["Resources"]
    lambdas = {name for name, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}

    assert lambdas == HANDLERS[function]


def test_every_queue_and_stream_hears_of_single_failures(function):
    events = [
        event
        for resource in package(function).template["Resources"].values()
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] in {"SQS", "DynamoDB"}
    ]

    assert all(
        event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for event in events
    )
    assert all(
        "Fn::ImportValue" in (event["Properties"].get("Queue") or event["Properties"]["Stream"])
        for event in events
    )


def test_changes_are_tried_for_as_long_as_the_stream_keeps_them():
    translated = translate(package("router").with_code_at(PLACEHOLDER_CODE))["Resources"]
    (mapping,) = [
        each["Properties"]
        for each in translated.values()
        if each["Type"] == "AWS::Lambda::EventSourceMapping" and "StartingPosition" in each["Properties"]
    ]

    assert mapping["MaximumRetryAttempts"] == -1
    assert mapping["MaximumRecordAgeInSeconds"] == 24 * 60 * 60
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert "ChangesDeadQueueArn" in json.dumps(mapping["DestinationConfig"]["OnFailure"])


@pytest.mark.parametrize(
    ("name", "function", "tries"),
    [
        pytest.param("sla_timer", "Sweep", 0, id="sweep"),
        pytest.param("sla_timer", "Hourly", 2, id="hourly"),
        pytest.param("router", "Learn", 2, id="learn"),
    ],
)
def test_schedule_that_is_not_delivered_or_fails_is_reported(name, function, tries):
    translated = translate(package(name).with_code_at(PLACEHOLDER_CODE))["Resources"]
    dead = "SchedulesDeadQueueArn"
    targets = [
        target
        for each in translated.values()
        if each["Type"] == "AWS::Events::Rule"
        for target in each["Properties"]["Targets"]
        if target["Id"].startswith(function)
    ]
    calls = [
        each["Properties"]
        for each in translated.values()
        if each["Type"] == "AWS::Lambda::EventInvokeConfig"
        and each["Properties"]["FunctionName"] == {"Ref": function}
    ]

    assert [dead in json.dumps(target["DeadLetterConfig"]["Arn"]) for target in targets] == [True]
    assert all(target["RetryPolicy"]["MaximumRetryAttempts"] >= 1 for target in targets)
    assert [dead in json.dumps(call["DestinationConfig"]["OnFailure"]) for call in calls] == [True]
    assert [call["MaximumRetryAttempts"] for call in calls] == [tries]


def test_receipts_of_aws_come_by_a_queue_with_dead_letters():
    translated = translate(package("notifier").with_code_at(PLACEHOLDER_CODE))["Resources"]
    subscriptions = [
        each["Properties"] for each in translated.values() if each["Type"] == "AWS::SNS::Subscription"
    ]

    assert {each["TopicArn"]["Ref"] for each in subscriptions} == {"MailEvents", "SmsEvents"}
    for each in subscriptions:
        assert (each["Protocol"], each["RawMessageDelivery"]) == ("sqs", False)
        assert each["Endpoint"] == {"Fn::ImportValue": {"Fn::Sub": "pakn-${Stage}-ReceiptsQueueArn"}}
        assert "ReceiptsDeadQueueArn" in json.dumps(each["RedrivePolicy"])


def test_no_queue_may_start_more_lambdas_than_a_stage_reserves(function):
    for resource in package(function).template["Resources"].values():
        for event in resource["Properties"].get("Events", {}).values():
            if event["Type"] == "SQS":
                condition, reserved, otherwise = resource["Properties"]["ReservedConcurrentExecutions"][
                    "Fn::If"
                ]

                assert (condition, otherwise) == ("ReservesConcurrency", {"Ref": "AWS::NoValue"})
                assert 2 <= event["Properties"]["ScalingConfig"]["MaximumConcurrency"] <= reserved


def test_every_lambda_is_traced_keeps_its_log_for_90_days_and_has_a_name_of_its_own_in_the_log(function):
    resources = package(function).template["Resources"]
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Serverless::Function":
            log = resources["ApiHandlerLogGroup" if name == "APIHandler" else f"{name}LogGroup"]

            assert resource["Properties"]["Tracing"] == "Active"
            assert log["Properties"]["RetentionInDays"] == 90
            assert resource["Properties"]["FunctionName"]["Fn::Sub"].startswith("pakn-${Stage}-")


def test_the_unpacked_function_fits_into_lambda(function):
    with zipfile.ZipFile(package(function).archive) as opened_zip:
        assert sum(entry.file_size for entry in opened_zip.infolist()) < UNZIPPED_LIMIT


@pytest.mark.parametrize("function", BUILT_TWICE, indirect=True)
def test_the_same_sources_in_another_folder_give_the_same_zip_inventory_and_template(function, tmp_path):
    shutil.copytree(ROOT / "functions" / function, tmp_path / "functions" / function)

    again = build(function, into=tmp_path / "build", functions=tmp_path / "functions")

    first = package(function)
    assert again.archive.read_bytes() == first.archive.read_bytes()
    assert again.template == first.template
    for name in ("sbom.cdx.json", "licences.md"):
        assert (again.archive.parent / name).read_bytes() == (first.archive.parent / name).read_bytes()


# ---------------------------------------------------------------- versions, and the alias that everything calls

SNAPSHOT_STORAGE = 512
"""Megabytes of `/tmp` with which Lambda takes a snapshot; with more it refuses."""


@cache
def live(function: str, **parameters: str) -> dict[str, Any]:
    """Return the resources that AWS makes of a function's template for a stage that shifts traffic."""
    settings = {"Stage": "prod", "PublicUrl": "https://pakn.example.vn", "Canary": "true", **parameters}
    template = package(function).with_code_at(PLACEHOLDER_CODE, digest_of(settings))
    resources: dict[str, Any] = translate(template, settings)["Resources"]
    return resources


def of_type(resources: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == f"AWS::{kind}"}


def aliases_of(resources: dict[str, Any]) -> dict[str, str]:
    """Return each function's alias, by its logical name."""
    return {alias["FunctionName"]["Ref"]: name for name, alias in of_type(resources, "Lambda::Alias").items()}


def test_every_lambda_is_called_by_its_alias_alone(function):
    resources = live(function)
    lambdas, aliases = of_type(resources, "Lambda::Function"), aliases_of(resources)

    called = [
        each["FunctionName"]["Ref"]
        for kind in ("Lambda::EventSourceMapping", "Lambda::Permission")
        for each in of_type(resources, kind).values()
    ]
    targets = [
        t["Arn"]["Ref"] for each in of_type(resources, "Events::Rule").values() for t in each["Targets"]
    ]
    integrations = [*values_of("uri", [*of_type(resources, "ApiGateway::RestApi").values()])]

    assert aliases.keys() == lambdas.keys()
    assert {each["Name"] for each in of_type(resources, "Lambda::Alias").values()} == {"live"}
    assert {*called, *targets} <= {*aliases.values()}
    assert all("functions/${APIHandlerAliaslive}/invocations" in uri["Fn::Sub"] for uri in integrations)
    assert bool(integrations) == ("APIHandler" in lambdas)


def test_what_people_wait_for_takes_a_tenth_of_the_requests_first_and_consumers_change_at_once(function):
    resources = live(function)
    groups = of_type(resources, "CodeDeploy::DeploymentGroup")
    people_wait = {name for name in HANDLERS[function] if name in {"APIHandler", "Connect"}}

    shifted = {
        name
        for name, alias in aliases_of(resources).items()
        if "CodeDeployLambdaAliasUpdate" in resources[alias].get("UpdatePolicy", {})
    }

    assert shifted == people_wait
    assert {name.removesuffix("DeploymentGroup") for name in groups} == people_wait
    for name, group in groups.items():
        alarms = [resources[each["Name"]["Ref"]] for each in group["AlarmConfiguration"]["Alarms"]]
        versions = [json.dumps(alarm) for alarm in alarms if alarm["Properties"]["MetricName"] == "Errors"]
        assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "Canary10Percent5Minutes"}
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"} <= {
            *group["AutoRollbackConfiguration"]["Events"]
        }
        assert f"{name.removesuffix('DeploymentGroup')}Version" in versions[0]
        assert {alarm["Properties"]["Period"] for alarm in alarms} == {60}


@pytest.mark.parametrize("snapshots", ["None", "PublishedVersions"])
def test_what_people_wait_for_alone_starts_from_a_snapshot_where_the_stage_says_so(function, snapshots):
    """SnapStart takes published versions alone, which the alias names; no other start is worth its price."""
    resources = live(function, SnapStart=snapshots)
    restored = {
        name: each["SnapStart"]
        for name, each in of_type(resources, "Lambda::Function").items()
        if "SnapStart" in each
    }
    people_wait = {"intake": {"APIHandler", "Connect"}, "casework": {"APIHandler"}}.get(function, set())

    assert restored == {name: {"ApplyOn": {"Ref": "SnapStart"}} for name in people_wait}
    assert people_wait <= aliases_of(resources).keys()
    for name in people_wait:
        properties = resources[name]["Properties"]
        version = resources[aliases_of(resources)[name]]["Properties"]["FunctionVersion"]

        assert properties["Runtime"] == "python3.13"
        assert properties.get("EphemeralStorage", {}).get("Size", 512) == SNAPSHOT_STORAGE
        assert "FileSystemConfigs" not in properties
        assert resources[version["Fn::GetAtt"][0]]["Type"] == "AWS::Lambda::Version"
    assert all(
        "ProvisionedConcurrencyConfig" not in each for each in of_type(resources, "Lambda::Alias").values()
    )


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_people_wait_for_no_import_where_people_come(stage):
    stages = ROOT / "infra" / "stages"

    assert json.loads((stages / f"{stage}.json").read_text())["SnapStart"] == "PublishedVersions"


def test_without_a_canary_nothing_needs_codedeploy(function):
    assert not any(
        each["Type"].startswith("AWS::CodeDeploy") for each in live(function, Canary="false").values()
    )


def test_a_changed_setting_is_a_new_version_and_the_same_settings_are_the_same(function):
    versions = [
        {*of_type(live(function, PublicUrl=f"https://{host}.example.vn"), "Lambda::Version")}
        for host in ("pakn", "pakn", "pakn-2")
    ]

    assert versions[0] == versions[1]
    assert versions[0].isdisjoint(versions[2])


def test_access_logs_hold_no_path_no_query_and_nobodys_address(function):
    stages = of_type(live(function), "ApiGateway::Stage")

    assert bool(stages) == (function in smoke.PREFIXES)
    for stage in stages.values():
        logged = stage["AccessLogSetting"]
        named = set(re.findall(r"\$context\.([A-Za-z.]+)", logged["Format"]))

        assert named == {
            "requestId",
            "httpMethod",
            "resourcePath",
            "status",
            "responseLatency",
            "integrationLatency",
            "integration.status",
            "error.responseType",
        }
        assert "$input" not in logged["Format"]
        assert json.loads(re.sub(r"\$[A-Za-z.]+", "1", logged["Format"]))
        assert logged["DestinationArn"] == {"Fn::GetAtt": ["AccessLog", "Arn"]}


def test_every_log_and_topic_is_encrypted_with_the_key_of_the_stages_data(function):
    resources = live(function)
    key = {"Fn::ImportValue": {"Fn::Sub": "pakn-${Stage}-DataKeyArn"}}

    logs = of_type(resources, "Logs::LogGroup").values()

    assert [log["KmsKeyId"] for log in logs] == [key] * len(logs)
    assert all(topic["KmsMasterKeyId"] == key for topic in of_type(resources, "SNS::Topic").values())
    assert len(logs) == len(HANDLERS[function]) + bool(of_type(resources, "ApiGateway::Stage"))


# ---------------------------------------------------------------- what must not pass


def test_a_misspelt_function_in_a_merge_template_is_found(tmp_path):
    merge = tmp_path / "router.yaml"
    merge.write_text("Resources: {OnRout: {Properties: {Timeout: 5}}}")
    merged = {
        "Resources": {
            "OnRoute": {"Type": "AWS::Serverless::Function"},
            "OnRout": {"Properties": {"Timeout": 5}},
        }
    }

    assert list(unknown_names(merge, merged)) == ["router.yaml sets OnRout, which Chalice did not make"]


def test_a_misspelt_event_in_a_merge_template_is_found(tmp_path):
    merge = tmp_path / "router.yaml"
    merge.write_text("Resources: {OnRoute: {Properties: {Events: {Sqs: {Properties: {BatchSize: 5}}}}}}")
    events = {"OnRouteSqsEventSource": {"Type": "SQS"}, "Sqs": {"Properties": {"BatchSize": 5}}}
    merged = {
        "Resources": {"OnRoute": {"Type": "AWS::Serverless::Function", "Properties": {"Events": events}}}
    }

    assert list(unknown_names(merge, merged)) == [
        "router.yaml sets the event Sqs of OnRoute, which Chalice did not make"
    ]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        pytest.param("FunctionResponseTypes", ["ReportBatchItemFailure"], id="misspelt-response-type"),
        pytest.param("MaximumRetryAttempts", 100000, id="retries-out-of-range"),
    ],
)
def test_a_wrong_event_setting_is_found_in_the_translated_template(tmp_path, setting, value):
    template = json.loads(json.dumps(package("router").with_code_at(PLACEHOLDER_CODE)))
    template["Resources"]["OnChange"]["Properties"]["Events"]["OnChangeDynamodbEventSource"]["Properties"][
        setting
    ] = value

    assert any(setting in finding for finding in findings(template, tmp_path / "translated.json"))


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        pytest.param("shared/__pycache__/clock.pyc", "bytecode", id="bytecode"),
        pytest.param("chalicelib/router/test_rules.py", "test", id="test-file"),
        pytest.param("shared/tests/data.json", "test", id="test-folder"),
        pytest.param("chalicelib/intake/api/petitions.py", "another function's code", id="another-function"),
    ],
)
def test_what_must_not_be_in_a_zip_is_found(tmp_path, name, finding):
    zipped_at = tmp_path / "deployment.zip"
    with zipfile.ZipFile(zipped_at, "w") as zipped:
        for entry in (
            "app.py",
            "chalice/app.py",
            "chalicelib/router/__init__.py",
            "shared/domain/petition/petition.py",
            name,
        ):
            zipped.writestr(entry, "")

    findings = list(archive.findings(zipped_at, "router", FUNCTIONS))

    assert len(findings) == 1
    assert finding in findings[0]


def test_a_function_without_its_link_to_shared_code_is_not_packaged(tmp_path):
    (tmp_path / "functions" / "router" / "vendor").mkdir(parents=True)

    with pytest.raises(PackageError, match="vendor/shared"):
        build("router", into=tmp_path / "build", functions=tmp_path / "functions")
