"""Functions are rolled to this release and back while petitions, SMS and officers' actions flow: nothing is lost."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from infra.deployment.cloud import Cloud
from infra.local.emulation.functions import HttpResponse
from infra.rehearsal.deployed import Deployed
from infra.rehearsal.releases import packages_in
from infra.rehearsal.rest import Rest
from shared.tables.petition_items import petition_of
from tests.support.cloud import CloudTarget
from tests.support.people import Citizen, Officer, Phone, reference_in

MOST = 24
"""Petitions of each channel at most: the load is bounded, whatever a deployment takes."""
PAUSE_SECONDS = 0.4
TAKEN_WITHIN_SECONDS = 90
NEWER = "of_a_newer_release"
"""An attribute that no release knows: as if one still newer had written it."""
ANSWER = "Kết quả công bố trước 30/11."


class Busy(CloudTarget):
    """A deployed cloud that nobody waits for: requests follow one another while messages are still on their way."""

    def settle(self) -> None:
        """Go on at once."""

    def come_to_rest(self) -> None:
        """Wait until nothing moves."""
        super().settle()


class Load:
    """People who go on whatever is deployed: who is answered 5xx asks again, as they would."""

    def __init__(self, target: Busy, deployed: Deployed) -> None:
        self._target = target
        self._dynamodb = deployed.client("dynamodb")
        self._table = deployed.outputs["PetitionsTable"]
        self._over = threading.Event()
        self.by_web: list[str] = []
        self.by_sms: list[str] = []
        self.answered: list[str] = []
        self.asked_again: Counter[int] = Counter()
        self.errors: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._guarded, args=(each,))
            for each in (self._web, self._sms, self._desk)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def wait_for_more(self) -> None:
        """Wait until one more petition came by each channel: each deployment falls between some."""
        web, sms = len(self.by_web), len(self.by_sms)
        deadline = time.monotonic() + TAKEN_WITHIN_SECONDS
        while not self.errors and (len(self.by_web) == web or len(self.by_sms) == sms):
            assert time.monotonic() < deadline, "no petition comes through any more"
            time.sleep(0.1)

    def finish(self) -> None:
        """Let nobody begin anything new; whoever sent something is answered."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _guarded(self, run: Callable[[], None]) -> None:
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - shown by the test
            self.errors.append(error)
            self._over.set()

    def _until_taken(self, ask: Callable[[], HttpResponse]) -> HttpResponse:
        deadline = time.monotonic() + TAKEN_WITHIN_SECONDS
        while True:
            answer = ask()
            if answer.status < 500:
                return answer
            self.asked_again[answer.status] += 1
            assert time.monotonic() < deadline, answer.text
            time.sleep(PAUSE_SECONDS)

    def _web(self) -> None:
        for number in range(MOST):
            if self._over.is_set():
                return
            contacts = {
                "phone": f"0912 {number:03d} {self._target.number[-3:]}",
                "email": f"{number}.{self._target.email}",
            }
            citizen = Citizen(self._target)
            citizen.body["petitioner"] = citizen.body["petitioner"] | contacts
            answer = self._until_taken(citizen.send)
            assert answer.status in (200, 201), answer.text
            self.by_web.append(citizen.reference)
            time.sleep(PAUSE_SECONDS)

    def _sms(self) -> None:
        for number in range(MOST):
            if self._over.is_set():
                return
            phone = Phone(self._target, f"8497{number:02d}{self._target.number[-5:]}")
            text = "PAKN De nghi Bo cho biet ket qua thi nang ngach cong chuc dot thang 9"
            answer = self._until_taken(lambda: phone.request(text, smsid=f"roll-{phone.number}"))  # noqa: B023
            self.by_sms.append(reference_in(answer.text))
            time.sleep(PAUSE_SECONDS)

    def _desk(self) -> None:
        handler, approver = Officer(self._target, "minh.ccvc"), Officer(self._target, "binh.vanphong")
        while not self._over.is_set() or self._unanswered():
            for reference in self._unanswered()[:1]:
                self._reaches(reference, "ASSIGNED", handler, None)
                self._as_a_newer_release(reference)
                self._reaches(reference, "IN_PROGRESS", handler, "accept")
                self._reaches(reference, "AWAITING_APPROVAL", handler, "draft-answer", text=ANSWER)
                self._reaches(reference, "ANSWERED", approver, "approve")
                self.answered.append(reference)
            time.sleep(0.05)

    def _unanswered(self) -> list[str]:
        return [name for name in (*self.by_web, *self.by_sms) if name not in self.answered]

    def _reaches(self, reference: str, state: str, officer: Officer, action: str | None, **body: Any) -> None:
        """Wait for a state, taking the action that leads to it until it was taken, once."""
        deadline = time.monotonic() + TAKEN_WITHIN_SECONDS
        while True:
            answer = self._until_taken(lambda: officer.get(f"/v1/petitions/{reference}"))
            seen = answer.json() if answer.status == HTTPStatus.OK else {"state": None}  # not routed yet
            if seen["state"] == state:
                return
            assert time.monotonic() < deadline, (reference, seen["state"], state)
            if action is not None and "version" in seen:
                officer.try_to(action, reference, version=seen["version"], **body)
            time.sleep(0.1)

    def _as_a_newer_release(self, reference: str) -> None:
        """Write an attribute that nobody knows into the petition; what stands beside it is made of it (ADR 0051)."""
        key = {"reference": {"S": reference}}
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)["Item"]
        body = json.dumps(json.loads(item["body"]["S"]) | {NEWER: "kept"}, ensure_ascii=False)
        self._dynamodb.update_item(
            TableName=self._table,
            Key=key,
            UpdateExpression="SET body = :body",
            ConditionExpression="version = :version",
            ExpressionAttributeValues={
                ":body": {"S": body},
                ":version": item["version"],
            },
        )


@pytest.fixture
def deployed(deployed_cloud: tuple[Deployed, Rest]) -> Deployed:
    """The cloud that the environment names."""
    return deployed_cloud[0]


def lost(target: Busy, reference: str) -> list[str]:
    """Name what a petition should have and has not."""
    (item,) = [item for item in target.items("petitions") if item["reference"]["S"] == reference]
    petition = petition_of(item)
    is_kept = json.loads(item["body"]["S"]).get(NEWER) == "kept"
    missing = [] if is_kept else ["what a newer release wrote"]
    actions = [entry.action for entry in petition.history if entry.action in {"receive", "accept", "approve"}]
    if (petition.state, actions) != ("ANSWERED", ["receive", "accept", "approve"]):
        missing.append(f"an answer: {petition.state} {actions}")
    return missing


@pytest.mark.rolling
def test_functions_rolled_there_and_back_under_load_lose_nothing(
    deployed: Deployed, deployed_cloud: tuple[Deployed, Rest]
):
    releases = packages_in(Path(deployed.releases))
    cloud, target = Cloud(poll_seconds=0.2, say=lambda _line: None), Busy(*deployed_cloud)
    load = Load(target, deployed)
    for function in releases["before"]:
        cloud.deploy(function, deployed.parameters, package=releases["before"][function])

    load.start()
    rolled = []
    for release in ("now", "before"):
        for function in releases[release]:
            outcome = cloud.deploy(function, deployed.parameters, package=releases[release][function])
            rolled.append(bool(outcome.changed))
            load.wait_for_more()
    load.finish()
    target.come_to_rest()

    sent = [*load.by_web, *load.by_sms]
    assert not load.errors
    assert all(rolled)
    assert min(len(load.by_web), len(load.by_sms)) >= len(rolled)
    assert {name: missing for name in sent if (missing := lost(target, name))} == {}
    notices = Counter((m.channel, m.to, m.reference, m.notice) for m in target.outbox() if m.notice)
    assert {notice: times for notice, times in notices.items() if times > 1} == {}
    answers = Counter(reference for _, _, reference, notice in notices if notice.endswith("-ANSWERED"))
    assert answers == Counter(sent)
    assert target.dead_letters() == 0
