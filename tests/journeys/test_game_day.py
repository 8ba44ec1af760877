"""Game day: things are broken one by one, and exactly the alarms that docs/runbook.md promises for them ring.

Conditions are those of infra/cloudformation/alarms.yaml, evaluated over what the functions really emitted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from chalicelib.sla_timer.hourly.calendar_left import CalendarLeft
from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import TEMPLATES
from shared.domain.calendar.working_calendar import local_date
from shared.domain.promises.notices import Audience, NoticeKind
from shared.domain.promises.targets import TARGETS, Promise
from shared.platform.messages import NoticeRequest
from tests.campaigns.faults.injection import Fault
from tests.support.alarms import Metrics, alarms_of, calculated
from tests.support.builders import vietnam
from tests.support.game_day import GameDay
from tests.support.people import Citizen, answer_petition
from tests.support.programs import Receiver, subscribe
from tests.support.system import Kept, System

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"


class Healthy(NamedTuple):
    """A system that has run for three hours, and the metrics of that time."""

    day: GameDay
    state: Kept
    metrics: Metrics


@pytest.fixture(scope="module")
def healthy(running_system: System) -> Iterator[Healthy]:
    running_system.reset()
    day = GameDay(running_system)
    day.watch()
    day.steps(3, minutes=60)
    yield Healthy(day, running_system.keep(), day.metrics)
    running_system.local.__dict__.pop("pumps", None)
    running_system.reset()


@pytest.fixture
def day(healthy: Healthy) -> GameDay:
    """The system after three healthy hours, at 12:00 in Vietnam."""
    healthy.day.system.reset()
    healthy.day.put_back(healthy.state, healthy.metrics)
    return healthy.day


# ---------------------------------------------------------------- what is broken


def petitions(day: GameDay, number: int = 1, **petition: object) -> list[Citizen]:
    """Let citizens send petitions, as far as the system takes them."""
    citizens = [Citizen(day.system, **petition) for _ in range(number)]
    for citizen in citizens:
        citizen.send()
    return citizens


def by_sms(day: GameDay, number: int) -> None:
    """Let citizens send petitions who are to be notified by SMS alone, each at a number of their own."""
    for n in range(number):
        person = {
            "type": "CITIZEN",
            "name": f"Lò Thị {n}",
            "phone": f"09123456{n:02}",
            "address": "Mộc Châu, Sơn La",
        }
        petitions(day, petitioner=person, reply_by=["SMS"])


def stop_the_sweep(day: GameDay) -> None:
    day.is_swept = False
    day.minutes(3)


def let_nobody_route(day: GameDay) -> None:
    """The timer hands what is not routed to the intake desk, so officers see it; the promise is missed."""
    with day.unconsumed("routing"):
        petitions(day, 5)
        day.minutes(20)


def let_nobody_route_nor_wake(day: GameDay) -> None:
    with day.unconsumed("routing", "timers"):
        petitions(day)
        day.steps(1, minutes=18)
        day.minutes(32)
        day.steps(1, minutes=10)


def stop_the_stream(day: GameDay) -> None:
    with day.stream_stopped():
        petitions(day)
        day.minutes(9)


def poison_a_message(day: GameDay) -> None:
    """A notice about a petition that does not exist comes back twelve times, seven minutes apart."""
    sqs, cloud = day.system.local.cloud.client("sqs"), day.system.local.cloud
    notice = NoticeRequest(
        reference="26000000000", seq=1, kind=NoticeKind.RECEIPT, audience=Audience.PETITIONER
    )
    sqs.send_message(QueueUrl=cloud.queue_url("notices"), MessageBody=notice.model_dump_json())
    day.system.settle()
    day.steps(13, minutes=7)


def let_the_sms_provider_fail(day: GameDay) -> None:
    day.system.sms_gateway.is_down = True
    by_sms(day, 6)
    day.minutes(2)


def let_the_sms_provider_fail_for_seven_hours(day: GameDay) -> None:
    day.system.sms_gateway.is_down = True
    by_sms(day, 1)
    day.steps(8, minutes=60)


def notify_too_late(day: GameDay) -> None:
    day.system.sms_gateway.is_down = True
    by_sms(day, 6)
    day.steps(9, minutes=10)
    day.rang.clear()
    day.system.sms_gateway.is_down = False
    day.steps(9, minutes=10)


def let_receipts_stay_out(day: GameDay) -> None:
    """A day after they were sent, six SMS are not proven to have arrived."""
    day.system.local.pumps.receipts.is_silent = True
    by_sms(day, 6)
    day.steps(26, minutes=60)


def answer_too_late(day: GameDay) -> None:
    """Five petitions are not answered by their day, Monday 23 November; the 24th is off, on the 25th it escalates."""
    petitions(day, 5)
    day.system.travel(to=vietnam("2026-11-25", "03:00"))
    day.steps(4, minutes=60)
    day.rang.clear()
    day.steps(3, minutes=60)


def disable_the_seal(day: GameDay) -> None:
    kms, key = day.system.local.cloud.client("kms"), day.system.local.cloud.outputs["SealKeyId"]
    kms.disable_key(KeyId=key)
    try:
        day.steps(1, minutes=60)
    finally:
        kms.enable_key(KeyId=key)


def schedule_the_deletion_of_the_roots_key(day: GameDay) -> None:
    kms, key = day.system.local.cloud.client("kms"), day.system.local.cloud.outputs["RootsKeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)
    try:
        day.steps(1, minutes=60)
    finally:
        kms.cancel_key_deletion(KeyId=key)
        kms.enable_key(KeyId=key)


def take_the_right_to_seal(day: GameDay) -> None:
    with day.system.faults.broken("Encrypt", Fault.DENIED):
        petitions(day, 4)
        day.minute()


def take_the_right_to_send(day: GameDay) -> None:
    """The stream is read in order, so all changes wait behind the one that cannot be relayed; nothing was due yet."""
    with day.system.faults.broken("SendMessageBatch", Fault.DENIED):
        petitions(day)
        day.minutes(9)


def throttle_the_table(day: GameDay) -> None:
    with day.system.faults.broken("PutItem", Fault.THROTTLE):
        petitions(day, 12)
        day.minute()


def let_intake_die_once(day: GameDay) -> None:
    with day.system.faults.broken("PutItem", Fault.CRASH_BEFORE):
        petitions(day)
        day.minute()


def sign_no_root(day: GameDay) -> None:
    with day.system.faults.broken("Sign", Fault.DENIED):
        day.steps(25, minutes=60)


def lose_the_search_files(day: GameDay) -> None:
    with day.system.faults.broken("PutObject", Fault.DENIED):
        day.steps(6, minutes=60)


def let_nobody_check_files(day: GameDay) -> None:
    bucket = day.system.local.cloud.outputs["AttachmentsBucket"]
    with day.unconsumed("uploads"):
        day.system.local.cloud.client("s3").put_object(
            Bucket=bucket, Key=f"quarantine/26483190275/{'0' * 32}", Body=b"x"
        )
        day.minutes(12)


def forge_what_a_provider_sends(day: GameDay) -> None:
    """For half an hour a provider's messages come and none is proven to be its own."""
    for _ in range(2):
        day.steps(1, minutes=13)
        for _ in range(4):
            day.system.http("POST", "/sms/esms", body=b"{}")
        day.minutes(2)


@contextmanager
def providers(day: GameDay, **changed: object) -> Iterator[None]:
    """Change entries of the providers' secret meanwhile."""
    secrets, name = (
        day.system.local.cloud.client("secretsmanager"),
        day.system.local.cloud.outputs["ProvidersSecret"],
    )
    before = secrets.get_secret_value(SecretId=name)["SecretString"]
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(json.loads(before) | changed))
    day.system.local.cold_start()
    try:
        yield
    finally:
        secrets.put_secret_value(SecretId=name, SecretString=before)
        day.system.local.cold_start()


def break_an_entry_of_the_secret(day: GameDay) -> None:
    with providers(day, standard={"secret": "whsec_x"}):
        day.system.http("POST", "/sms/standard", body=b"{}", headers={"content-type": "application/json"})
        day.minute()


def guess_passwords(day: GameDay) -> None:
    for _ in range(30):
        day.system.http("POST", "/desk/v1/session", json={"username": "lan.tiepnhan", "password": "x"})
    day.minute()


def damage_an_item(day: GameDay) -> None:
    table = day.system.local.cloud.outputs["PetitionsTable"]
    (citizen,) = petitions(day)
    day.system.local.cloud.client("dynamodb").update_item(
        TableName=table,
        Key={"reference": {"S": citizen.reference}},
        UpdateExpression="SET body = :nonsense",
        ExpressionAttributeValues={":nonsense": {"S": "no JSON"}},
    )
    day.minute()


def remove_a_petition(day: GameDay) -> None:
    table = day.system.local.cloud.outputs["PetitionsTable"]
    (citizen,) = petitions(day)
    day.system.local.cloud.client("dynamodb").delete_item(
        TableName=table, Key={"reference": {"S": citizen.reference}}
    )
    day.minute()


def use_up_the_concurrency_of_a_door(day: GameDay) -> None:
    with day.without_concurrency("intake.http"):
        petitions(day, 6)
        day.minute()


def use_up_the_concurrency_of_a_worker(day: GameDay) -> None:
    """Notices come back for a quarter of an hour; they are late, and within the hour."""
    with day.without_concurrency("notifier.on_notice"):
        petitions(day, 2)
        day.minutes(16)


def flood_a_door(day: GameDay) -> None:
    day.flooded("intake", 150)
    day.minute()


def let_a_page_fail_once(day: GameDay) -> None:
    with day.system.faults.broken("Encrypt", Fault.DENIED):
        petitions(day)
        day.minute()


def let_the_calendar_end(day: GameDay) -> None:
    """The table of public holidays lasts a hundred days more, and nobody has deployed a longer one."""
    ends_on = local_date(day.system.clock.now()) + timedelta(days=100)
    day.job("sla_timer.hourly", lambda: CalendarLeft(ends_on).measure(day.system.clock.now()))
    day.minute()


def let_a_program_take_no_event(day: GameDay) -> None:
    """A program that subscribed answers 503 for fourteen hours."""
    receiver = Receiver()
    receiver.status = 503
    try:
        subscribe(day.system, receiver, events=["petition.received"])
        day.minutes(2)
        petitions(day)
        day.steps(14, minutes=60)
    finally:
        receiver.close()


def let_ses_refuse_more_mails(day: GameDay) -> None:
    """SES takes no more a second than it allows: what it refuses waits."""
    with day.system.faults.broken("SendEmail", Fault.THROTTLE):
        petitions(day, 8)
        day.minutes(3)


def send_nearly_all_mails_of_a_day(day: GameDay) -> None:
    moto_insides.count_mails(170)
    day.steps(1, minutes=60)


def lose_the_reputation_of_our_mail(day: GameDay) -> None:
    day.reputation("Reputation.BounceRate", 0.045)
    day.reputation("Reputation.ComplaintRate", 0.0009)
    day.minute()


def stop_a_schedule_s_function(day: GameDay) -> None:
    day.system.local.functions.stopped.add("router.learn")
    day.system.local.pumps.learn.fire()
    day.minute()


BROKEN: list[tuple[Callable[[GameDay], None], set[str]]] = [
    (stop_the_sweep, {"sweep-silent"}),
    (let_nobody_route, {"routing-late", "routed-burns", "routed-burns-slowly"}),
    (let_nobody_route_nor_wake, {"routing-late", "timers-late", "oldest-unrouted", "items-stuck"}),
    (stop_the_stream, {"changes-late"}),
    (take_the_right_to_send, {"changes-late"}),
    (poison_a_message, {"notices-dead"}),
    (let_the_sms_provider_fail, {"circuit-open"}),
    (let_the_sms_provider_fail_for_seven_hours, {"notices-wait"}),
    (notify_too_late, {"notified-burns", "notified-burns-slowly"}),
    (let_receipts_stay_out, {"proven-burns"}),
    (answer_too_late, {"answered-burns"}),
    (disable_the_seal, {"keys-unusable"}),
    (schedule_the_deletion_of_the_roots_key, {"keys-unusable"}),
    (take_the_right_to_seal, {"intake-answers-5xx", "unexpected-errors"}),
    (throttle_the_table, {"writes-throttled", "intake-answers-5xx", "unexpected-errors"}),
    (let_intake_die_once, {"intake-fails"}),
    (sign_no_root, {"root-missing", "sla-timer-hourly-fails", "schedules-dead"}),
    (lose_the_search_files, {"search-stale", "sla-timer-hourly-fails", "schedules-dead"}),
    (let_nobody_check_files, {"uploads-late"}),
    (forge_what_a_provider_sends, {"mute-esms"}),
    (break_an_entry_of_the_secret, {"credentials-unusable"}),
    (guess_passwords, {"sign-ins-fail"}),
    (damage_an_item, {"change-set-aside", "router-items-skipped"}),
    (remove_a_petition, {"history-rewritten"}),
    (use_up_the_concurrency_of_a_door, {"doors-throttled", "intake-answers-5xx"}),
    (use_up_the_concurrency_of_a_worker, {"workers-throttled"}),
    (flood_a_door, {"gateways-throttled"}),
    (let_a_page_fail_once, {"unexpected-errors"}),
    (let_the_calendar_end, {"calendar-ends"}),
    (let_a_program_take_no_event, {"events-overdue"}),
    (let_ses_refuse_more_mails, {"circuit-open"}),
    (send_nearly_all_mails_of_a_day, {"mail-quota-nearly-used"}),
    (lose_the_reputation_of_our_mail, {"mail-bounces", "mail-complaints"}),
    (stop_a_schedule_s_function, {"schedules-dead", "router-learn-fails"}),
]


def headings() -> dict[str, str]:
    """Return the heading of the runbook that its table gives each alarm."""
    table = RUNBOOK.read_text("utf-8").partition("## Alarms")[2].partition("\n### ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    return {
        name: row[4].strip().partition("](")[0].lstrip("[")
        for row in rows
        for name in re.findall(r"`([^`]+)`", row[1])
    }


@pytest.mark.parametrize(
    ("break_it", "alarms"), [pytest.param(*each, id=each[0].__name__.replace("_", " ")) for each in BROKEN]
)
def test_what_is_broken_rings_its_alarms_and_no_other(
    day: GameDay, break_it: Callable[[GameDay], None], alarms: set[str]
):
    break_it(day)

    assert day.rang == alarms
    text = RUNBOOK.read_text("utf-8")
    assert all(f"\n### {headings()[name]}\n" in text for name in alarms)


def test_a_petition_s_ordinary_day_rings_nothing(day: GameDay):
    (citizen,) = petitions(day)
    answer_petition(day.system, citizen.reference)
    day.minutes(5)
    day.steps(1, minutes=60)

    assert day.rang == set()
    assert {"PromiseKept", "TimeToRoute", "OldestUnrouted", "KeysUnusable"} <= day.metrics.names()
    assert "PromiseMissed" not in day.metrics.names()


# ---------------------------------------------------------------- the template


def test_an_alarm_on_a_promise_burns_what_its_target_leaves():
    burning = {alarm.name: alarm.properties for alarm in alarms_of().simple if alarm.name.startswith("burn-")}

    for name, properties in burning.items():
        (expression,) = [query["Expression"] for query in properties["Metrics"] if "Expression" in query]
        promise = Promise(name.split("-")[1].upper())
        pace = properties["Threshold"] / (1 - TARGETS[promise])
        watched = {
            dimension["Value"]
            for query in properties["Metrics"]
            if "MetricStat" in query
            for dimension in query["MetricStat"]["Metric"]["Dimensions"]
            if dimension["Name"] == "promise"
        }
        assert round(pace, 1) in (3, 6, 14.4), name
        assert watched == {promise.value}
        assert calculated(expression, {"kept": 15.0, "missed": 5.0}) == 0.25
        assert calculated(expression, {"kept": None, "missed": None}) is None
    assert {name.split("-")[1].upper() for name in burning} == {promise.value for promise in TARGETS}


def test_each_part_of_a_composite_alarm_is_an_alarm_and_each_part_belongs_to_one():
    alarms = alarms_of()

    parts = re.findall(r"burn-[\w-]+", " ".join(each.rule for each in alarms.composite))

    assert sorted(parts) == sorted(alarm.name for alarm in alarms.simple if alarm.name.startswith("burn-"))


def test_dashboards_are_json_and_show_metrics_that_exist():
    template = (TEMPLATES / "alarms.yaml").read_text("utf-8")
    bodies = [
        json.loads(re.sub(r"\$\{[\w:]+\}", "x", body))
        for body in re.findall(r"DashboardBody: !Sub \|\n((?: {8}.*\n)+)", template)
    ]
    lines = [line for body in bodies for each in body["widgets"] for line in each["properties"]["metrics"]]
    ours = {line[1] for line in lines if line[0] == "PAKN" and not str(line[1]).startswith("Delivery")}

    sources = "".join(
        path.read_text("utf-8")
        for folder in ("functions", "shared")
        for path in (RUNBOOK.parents[1] / folder).rglob("*.py")
    )
    assert len(bodies) == 2
    assert {name for name in ours if f'"{name}"' not in sources} == set()
    assert {"PromiseKept", "OldestUnrouted", "KeysUnusable"} <= ours
