"""The templates beside one another: names, exports, dead letters, alarms, settings, roles."""

from __future__ import annotations

import importlib
import json
import re
from datetime import time, timedelta
from typing import Any

import pytest
from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from chalicelib.intake.sms.providers.catalogue import PROVIDERS
from chalicelib.sla_timer.hourly.unrouted import TOO_LONG
from infra.deployment.stages import stage_parameters
from infra.deployment.templates import read
from infra.layout import FUNCTIONS, ROOT
from shared.platform.settings import Settings
from tests.infra.packages import values_of

PLATFORM = read(ROOT / "infra" / "cloudformation" / "platform.yaml")
ALARMS = read(ROOT / "infra" / "cloudformation" / "alarms.yaml")
IDENTITY = read(ROOT / "infra" / "cloudformation" / "identity.yaml")
MERGES = {
    function: read(ROOT / "infra" / "cloudformation" / "functions" / f"{function}.yaml")
    for function in FUNCTIONS
}
TEMPLATES = {path.stem: read(path) for path in (ROOT / "infra" / "cloudformation").glob("*.yaml")} | MERGES
CONFIGS = {
    function: json.loads((ROOT / "functions" / function / ".chalice" / "config.json").read_text())
    for function in FUNCTIONS
}
QUEUES = {name: each for name, each in PLATFORM["Resources"].items() if each["Type"] == "AWS::SQS::Queue"}
WORKING = {name: each["Properties"] for name, each in QUEUES.items() if not name.endswith("Dead")}


def settings_of(function: str) -> type[Settings]:
    module = importlib.import_module(f"chalicelib.{function}.settings")
    return next(
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Settings) and each is not Settings
    )


# ---------------------------------------------------------------- queues


@pytest.mark.parametrize("name", WORKING)
def test_a_failing_message_goes_to_its_dead_letters_after_twelve_receives(name):
    assert WORKING[name]["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [f"{name}Dead", "Arn"]},
        "maxReceiveCount": 12,
    }


@pytest.mark.parametrize("name", WORKING)
def test_a_message_for_newer_code_outlives_a_rollout_of_all_functions(name):
    hidden = timedelta(seconds=PLATFORM["Parameters"]["HandlerTimeout"]["MinValue"])

    assert WORKING[name]["RedrivePolicy"]["maxReceiveCount"] * hidden >= timedelta(hours=1)


@pytest.mark.parametrize("name", WORKING)
def test_a_message_stays_hidden_for_six_times_as_long_as_a_function_may_work_on_it(name):
    longest = max(config["lambda_timeout"] for config in CONFIGS.values())
    hidden = PLATFORM["Parameters"]["HandlerTimeout"]

    assert WORKING[name]["VisibilityTimeout"] == {"Ref": "HandlerTimeout"}
    assert hidden["Default"] >= hidden["MinValue"] >= 6 * longest


def test_no_lambda_on_a_queue_may_take_longer_than_the_functions_timeout():
    for config in CONFIGS.values():
        for name, each in config["lambda_functions"].items():
            if name.startswith("on_"):
                assert "lambda_timeout" not in each


def test_api_gateway_waits_for_no_answer_longer_than_29_seconds():
    timeouts = [
        config["lambda_functions"]["api_handler"]["lambda_timeout"]
        for config in CONFIGS.values()
        if "api_handler" in config["lambda_functions"]
    ]

    assert timeouts == [29, 29, 29]


# ---------------------------------------------------------------- alarms


@pytest.mark.parametrize("name", [name for name in QUEUES if name.endswith("Dead")])
def test_every_dead_letter_queue_has_an_alarm(name):
    queue = QUEUES[name]["Properties"]["QueueName"]

    watched = [d["Value"] for d in values_of("Dimensions", ALARMS) for d in d if d["Name"] == "QueueName"]

    assert queue in watched


def test_every_lambda_has_an_alarm_for_its_errors():
    lambdas = {
        resource["Properties"]["FunctionName"]["Fn::Sub"]
        for merge in MERGES.values()
        for resource in merge["Resources"].values()
        if "Fn::Sub" in resource.get("Properties", {}).get("FunctionName", {}) and "Type" not in resource
    }
    watched = {
        alarm["Properties"]["Dimensions"][0]["Value"]["Fn::Sub"]
        for alarm in ALARMS["Resources"].values()
        if alarm["Properties"].get("MetricName") == "Errors"
    }

    assert watched == lambdas
    assert len(lambdas) == sum(len(config["lambda_functions"]) for config in CONFIGS.values())


def test_scripts_of_our_own_pages_alone_may_post_to_the_bucket_and_read_nothing():
    condition = PLATFORM["Resources"]["Attachments"]["Properties"]["CorsConfiguration"]["Fn::If"]

    (rule,) = condition[1]["CorsRules"]
    assert condition[0] == "HasPublicUrl"
    assert condition[2] == {"Ref": "AWS::NoValue"}
    assert (rule["AllowedOrigins"], rule["AllowedMethods"]) == ([{"Ref": "PublicUrl"}], ["POST"])


def test_every_provider_has_an_alarm_for_the_time_when_everything_of_it_is_refused():
    watched = {
        dimension["Value"]
        for alarm in ALARMS["Resources"].values()
        for query in alarm["Properties"].get("Metrics", ())
        if query.get("MetricStat", {}).get("Metric", {}).get("MetricName") == "WebhookTaken"
        for dimension in query["MetricStat"]["Metric"]["Dimensions"]
        if dimension["Name"] == "provider"
    }

    assert watched == {*PROVIDERS, "hotline"}


def test_every_count_that_an_alarm_watches_is_made_by_some_function():
    watched = {
        alarm["Properties"]["MetricName"]
        for alarm in ALARMS["Resources"].values()
        if alarm["Properties"].get("Namespace") == "PAKN"
    }
    paths = [*(ROOT / "functions").glob("*/chalicelib/*/**/*.py"), *(ROOT / "shared").rglob("*.py")]
    sources = "".join(path.read_text() for path in paths)

    emitted = {*re.findall(r'(?:count|measure)\(\s*"(\w+)"', sources)}
    assert watched - emitted == set()
    assert "FilesUnchecked" in watched


def test_the_alarm_on_the_oldest_unrouted_petition_rings_from_when_the_log_names_it():
    alarm = ALARMS["Resources"]["OldestUnrouted"]["Properties"]

    assert timedelta(seconds=alarm["Threshold"]) == TOO_LONG


def test_the_sweeps_heartbeat_is_missed_after_two_periods():
    alarm = ALARMS["Resources"]["SweepSilent"]["Properties"]
    source = (
        ROOT / "functions" / "sla_timer" / "chalicelib" / "sla_timer" / "petitions" / "sweep.py"
    ).read_text()
    service = MERGES["sla_timer"]["Globals"]["Function"]["Environment"]["Variables"][
        "POWERTOOLS_SERVICE_NAME"
    ]

    assert f'count("{alarm["MetricName"]}")' in source
    assert alarm["Dimensions"] == [{"Name": "service", "Value": service}]
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (60, 2, "breaching")


# ---------------------------------------------------------------- stacks know each other by exports


def test_every_import_is_exported_somewhere():
    exported = {
        each["Name"]["Fn::Sub"] for template in TEMPLATES.values() for each in values_of("Export", template)
    }
    policies = [json.loads(path.read_text()) for path in (ROOT / "functions").glob("*/.chalice/policy*.json")]
    imported = {each["Fn::Sub"] for each in values_of("Fn::ImportValue", [*TEMPLATES.values(), *policies])}

    assert imported - exported == set()
    assert imported


def test_every_table_and_working_queue_is_exported():
    outputs = PLATFORM["Outputs"]
    exported = {*values_of("Ref", outputs), *(attribute[0] for attribute in values_of("Fn::GetAtt", outputs))}
    tables = {name for name, each in PLATFORM["Resources"].items() if each["Type"] == "AWS::DynamoDB::Table"}

    assert (tables | WORKING.keys()) - exported == set(), "Outputs of infra/cloudformation/platform.yaml"


def test_an_export_is_named_as_its_output():
    for template in TEMPLATES.values():
        for name, output in template.get("Outputs", {}).items():
            assert output["Export"]["Name"] == {"Fn::Sub": f"pakn-${{Stage}}-{name}"}


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
@pytest.mark.parametrize("name", [name for name in TEMPLATES if name != "domain"])
def test_a_stage_tells_every_template_what_it_asks(stage, name):
    required = {key for key, each in TEMPLATES[name].get("Parameters", {}).items() if "Default" not in each}

    assert required <= set(stage_parameters(stage))


# ---------------------------------------------------------------- settings and roles


ONLY_LOCAL = {"MAIL_EVENTS_CERTIFICATE"}
"""Settings that a function refuses in the cloud."""
OTHER_IN_THE_CLOUD = {"BATCH_FOR_SECONDS", "SMS_PROVIDERS"}
"""Settings whose default in the cloud is not that of one machine."""


def environment_of(function: str) -> dict[str, Any]:
    variables: dict[str, Any] = MERGES[function]["Globals"]["Function"]["Environment"]["Variables"]
    return {name: value for name, value in variables.items() if not name.startswith("POWERTOOLS_")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_gets_every_setting_from_its_template_and_none_that_it_ignores(function):
    settings = {name.upper() for name in settings_of(function).model_fields} - ONLY_LOCAL
    template = f"infra/cloudformation/functions/{function}.yaml"

    assert settings - environment_of(function).keys() == set(), f"nobody can set it in the cloud: {template}"
    assert environment_of(function).keys() - settings == set(), (
        f"{function} reads no such setting: {template}"
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_setting_has_the_same_default_in_the_code_and_in_the_template(function):
    parameters = MERGES[function]["Parameters"]
    by_template = {
        name: parameters[value["Ref"]]["Default"]
        for name, value in environment_of(function).items()
        if isinstance(value, dict) and "Default" in parameters.get(value.get("Ref"), {})
    }

    fields = settings_of(function).model_fields
    by_code = {name: fields[name.lower()].default for name in by_template}

    assert {
        name: str(default) for name, default in by_template.items() if name not in OTHER_IN_THE_CLOUD
    } == {name: as_parameter(default) for name, default in by_code.items() if name not in OTHER_IN_THE_CLOUD}


def set_by_parameters(function: str) -> dict[str, str]:
    """Return the variables that parameters of the function's own template set, with the parameter of each."""
    parameters = MERGES[function]["Parameters"]
    return {
        name: value["Ref"]
        for name, value in environment_of(function).items()
        if isinstance(value, dict) and value.get("Ref") in parameters
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_setting_that_a_stage_may_choose_is_the_parameter_of_the_same_name(function):
    named = set_by_parameters(function)

    assert named == {name: "".join(map(str.capitalize, name.split("_"))) for name in named}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_template_refuses_the_numbers_that_the_function_would_refuse(function):
    parameters, fields = MERGES[function]["Parameters"], settings_of(function).model_fields
    named = set_by_parameters(function)

    by_code = {name: bounds_of(fields[name.lower()]) for name in named}

    assert {
        name: (parameters[of].get("MinValue"), parameters[of].get("MaxValue")) for name, of in named.items()
    } == by_code


def bounds_of(field: FieldInfo) -> tuple[object, object]:
    """Return the least and the greatest value that a settings class takes; None without a bound."""
    least = next((rule.ge for rule in field.metadata if isinstance(rule, Ge)), None)
    greatest = next((rule.le for rule in field.metadata if isinstance(rule, Le)), None)
    return least, greatest


def test_what_only_the_local_stack_sets_is_declared_so_in_the_documentation():
    rows = [
        line for line in (ROOT / "docs" / "settings.md").read_text("utf-8").splitlines() if line[:1] == "|"
    ]

    declared = {row.split("`")[1] for row in rows if "refused elsewhere" in row}

    assert declared == ONLY_LOCAL


def test_every_setting_that_the_runbook_prescribes_can_be_set_in_the_cloud():
    text = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    by_name = {of: name for function in FUNCTIONS for name, of in set_by_parameters(function).items()}

    prescribed = {name for name in re.findall(r"`([A-Z][A-Za-z]+)`", text) if name in by_name}
    variables = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", text))

    assert prescribed >= {
        "PinTriesPerReference",
        "PinTriesPerAddress",
        "PinLockedMinutes",
        "Scanner",
        "ClamdHost",
    }
    assert variables & set(by_name.values()) == set(), "the runbook names the parameter, which can be set"


def as_parameter(default: Any) -> str:
    """Return a default of a settings class as CloudFormation passes it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, time):
        return default.strftime("%H:%M")
    return "" if default is None else str(default)


def test_every_role_of_the_code_is_a_group_of_the_user_pool():
    roles = importlib.import_module("chalicelib.casework.access.officers").Role
    groups = {
        each["Properties"]["GroupName"]
        for each in IDENTITY["Resources"].values()
        if each["Type"] == "AWS::Cognito::UserPoolGroup"
    }

    assert groups == {str(role.value) for role in roles}


def test_nobody_makes_an_officers_account_for_themselves():
    pool = IDENTITY["Resources"]["Officers"]["Properties"]

    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}


def test_every_table_is_encrypted_and_can_be_restored_to_any_second():
    tables = {
        name: r["Properties"]
        for name, r in PLATFORM["Resources"].items()
        if r["Type"] == "AWS::DynamoDB::Table"
    }

    assert all(
        table["SSESpecification"]
        == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Fn::GetAtt": ["Data", "Arn"]}}
        for table in tables.values()
    )
    assert {json.dumps(table.get("PointInTimeRecoverySpecification")) for table in tables.values()} == {
        '{"PointInTimeRecoveryEnabled": true}'
    }


def test_every_table_and_account_is_protected_from_deletion_on_every_stage_but_dev():
    tables = [r["Properties"] for r in PLATFORM["Resources"].values() if r["Type"] == "AWS::DynamoDB::Table"]
    pool = IDENTITY["Resources"]["Officers"]["Properties"]

    protected = [t["DeletionProtectionEnabled"] for t in tables if "TimeToLiveSpecification" not in t]
    assert protected == [{"Fn::If": ["IsProtected", True, False]}] * (len(tables) - 1)
    assert pool["DeletionProtection"] == {"Fn::If": ["IsProtected", "ACTIVE", "INACTIVE"]}
    for template in (PLATFORM, IDENTITY):
        assert template["Conditions"]["IsProtected"] == {
            "Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}]
        }


def test_key_of_the_data_serves_functions_through_services_alone_and_services_for_this_account_alone():
    policy = json.loads(PLATFORM["Resources"]["Data"]["Properties"]["KeyPolicy"]["Fn::Sub"])
    statements = {each["Sid"]: each for each in policy["Statement"]}

    functions = statements["FunctionsThroughTheServicesThatKeepTheirData"]["Condition"]
    assert functions["StringEquals"]["kms:ViaService"] == [
        f"{service}.${{AWS::Region}}.amazonaws.com" for service in ("dynamodb", "s3", "sqs")
    ]
    assert functions["ArnLike"]["aws:PrincipalArn"].endswith(":role/pakn-${Stage}-*Role-*")
    assert "pakn-${Stage}-" in str(statements["LogsOfThisStage"]["Condition"])
    assert statements["ReceiptsOfThisAccount"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}
    }
    assert all(
        each["Action"] != "kms:*" for sid, each in statements.items() if sid != "TheAccountsPoliciesDecide"
    )


def test_staging_is_as_production_but_for_who_and_where():
    staging, production = stage_parameters("staging"), stage_parameters("prod")
    own = {
        "Stage",
        "PublicUrl",
        "MailFrom",
        "DomainName",
        "CertificateArn",
        "HostedZoneId",
        "PageEmail",
        "TicketEmail",
    }

    assert {name: value for name, value in staging.items() if name not in own} == {
        name: value for name, value in production.items() if name not in own
    }
    assert (production["Canary"], production["ReserveConcurrency"]) == ("true", "true")


def test_nobody_reads_the_attachments_from_outside():
    bucket = PLATFORM["Resources"]["Attachments"]["Properties"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_files_in_quarantine_are_announced_and_do_not_stay():
    bucket = PLATFORM["Resources"]["Attachments"]["Properties"]
    events = bucket["NotificationConfiguration"]["QueueConfigurations"]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    assert {(event["Event"], event["Filter"]["S3Key"]["Rules"][0]["Value"]) for event in events} == {
        ("s3:ObjectCreated:*", "quarantine/"),
        ("s3:ObjectTagging:Put", "quarantine/"),
    }
    assert {str(event["Queue"]) for event in events} == {str({"Fn::GetAtt": ["Uploads", "Arn"]})}
    assert rules["uploads-nobody-claimed"]["Prefix"] == "quarantine/"
    assert rules["uploads-nobody-claimed"]["ExpirationInDays"] == 7
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0][
        "ServerSideEncryptionByDefault"
    ] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Data", "Arn"]}}


def test_only_the_bucket_may_write_to_its_queue():
    (statement,) = PLATFORM["Resources"]["UploadsFromTheBucket"]["Properties"]["PolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(statement["Condition"]) == {"ArnEquals", "StringEquals"}
    assert PLATFORM["Resources"]["Attachments"]["DependsOn"] == "UploadsFromTheBucket"


@pytest.mark.parametrize(
    ("policy", "sender"),
    [
        pytest.param("ReceiptsFromOurTopics", "sns.amazonaws.com", id="receipts"),
        pytest.param("SchedulesDeadFromOurRules", "events.amazonaws.com", id="schedules-dead"),
    ],
)
def test_only_one_service_and_only_what_is_ours_may_write_to_a_queue_of_aws_own_messages(policy, sender):
    (statement,) = PLATFORM["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]

    assert (statement["Effect"], statement["Principal"]) == ("Allow", {"Service": sender})
    assert statement["Action"] == "sqs:SendMessage"
    sources = json.dumps(next(iter(statement["Condition"].values()))["aws:SourceArn"])
    assert "pakn-${Stage}-" in sources
    assert "${AWS::AccountId}" in sources


def test_every_make_target_that_the_readme_promises_exists():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {"help", "up", "test", "check", "package", "deploy", "rehearse", "bench", "clean"} <= targets
