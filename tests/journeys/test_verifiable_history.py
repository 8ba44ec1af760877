"""A petitioner who kept their record notices an altered word, a dropped entry, a rewritten history, another root."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.domain.petition import history
from shared.domain.petition.history import Entry
from shared.platform import aws
from shared.tables.petition_items import petition_of
from tests.support.people import Citizen, answer_petition
from tests.support.system import System

COMMAND = Path(__file__).resolve().parents[2] / "shared" / "web" / "assets" / "verify_history.py"


class Petitioner(Citizen):
    """Somebody who keeps records."""

    def record(self) -> dict[str, Any]:
        answer = self._driver.http(
            "GET", f"/v1/petitions/{self.reference}/record", headers={"X-Petition-Pin": self.pin}
        )
        assert answer.status == 200, answer.text
        record: dict[str, Any] = answer.json()
        return record


@pytest.fixture(scope="module")
def system(running_system: System) -> System:
    """One system for all of this module: whoever rewrites a history puts it back."""
    running_system.reset()
    return running_system


@pytest.fixture(scope="module")
def petitioner(system: System) -> Petitioner:
    """Somebody whose petition was answered, and whose record has a signed root."""
    sender = Petitioner(system)
    sender.send()
    Citizen(system).send()
    answer_petition(system, sender.reference)
    system.travel(days=1)
    return sender


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run the command as a citizen would: a Python that knows nothing of this project."""

    def run(record: Any, **others: Any) -> tuple[int, str]:
        paths = {}
        for name, content in {"record": record, **others}.items():
            paths[name] = tmp_path / f"{name}.json"
            paths[name].write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        arguments = [str(paths.pop("record")), *(f"--{name}={path}" for name, path in paths.items())]
        done = subprocess.run(
            [sys.executable, "-I", str(COMMAND), *arguments], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return run


def published(system: System) -> Any:
    return system.http("GET", "/v1/roots", query={"month": "2026-11"}).json()


def test_record_verifies_by_the_command_with_nothing_of_ours(
    system: System, petitioner: Petitioner, command: Any
):
    key = system.http("GET", "/v1/signing-key").json()
    record = petitioner.record()

    code, output = command(record, kept=record, roots=published(system), key=key)

    assert (code, output.count("ĐÚNG / OK")) == (0, 5), output
    assert record["proof"]["version"] == len(record["entries"])
    assert record["proof"]["root"] == system.http("GET", f"/v1/roots/{record['proof']['root']['day']}").json()


def test_record_of_today_has_no_root_yet_and_tomorrows_begins_with_it(
    system: System, petitioner: Petitioner, command: Any
):
    sender = Petitioner(system)
    sender.send()
    saved = sender.record()
    code, output = command(saved)
    assert (code, "no root yet" in output) == (0, True)

    sender.add("supplements", content="Thêm")
    system.travel(days=1)

    code, output = command(sender.record(), kept=saved, roots=published(system))
    assert (code, "stands in the signed root" in output) == (0, True), output


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda r: r["entries"][-1].update(text="Khác"), id="a word"),
        pytest.param(lambda r: r["entries"][0].update(at="2026-11-01T02:00:00Z"), id="a time"),
        pytest.param(lambda r: r["entries"].pop(1), id="an entry less"),
        pytest.param(lambda r: r["entries"].reverse(), id="another order"),
        pytest.param(lambda r: r["proof"]["root"].update(count=99), id="the statement"),
        pytest.param(lambda r: r["proof"].update(path=r["proof"]["path"][:-1]), id="a shorter path"),
        pytest.param(lambda r: r.update(reference="26483190274"), id="another petition's"),
        pytest.param(lambda r: r["proof"]["root"].update(signature="MEUCIQ=="), id="the signature"),
        pytest.param(lambda r: r.pop("entries"), id="no record at all"),
    ],
)
def test_altered_record_is_noticed(petitioner: Petitioner, command: Any, alter: Callable[[Any], Any]):
    record = petitioner.record()
    alter(record)

    code, output = command(record)

    assert (code, "SAI / BROKEN" in output) == (1, True)


@contextmanager
def rewritten(
    system: System, reference: str, change: Callable[[tuple[Entry, ...]], list[Entry]]
) -> Iterator[None]:
    """Rewrite a stored history as somebody with every right on the table and all our code would: chain and all."""
    table = system.local.cloud.outputs["PetitionsTable"]
    item = next(item for item in system.items("petitions") if item["reference"]["S"] == reference)
    petition = petition_of(item)
    forged: tuple[Entry, ...] = ()
    for number, entry in enumerate(change(petition.history), start=1):
        forged = history.append(forged, entry.model_copy(update={"seq": number}), petition.submission)
    body = petition.model_copy(update={"history": forged, "state": forged[-1].state})
    assert history.fault_of(forged, petition.submission) is None
    text = body.model_dump_json(exclude_defaults=True)
    aws.client("dynamodb").put_item(TableName=table, Item={**item, "body": {"S": text}})
    yield
    aws.client("dynamodb").put_item(TableName=table, Item=item)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda entries: [*entries[:-1], entries[-1].model_copy(update={"text": "Khác"})],
            id="another answer",
        ),
        pytest.param(lambda entries: [*entries[:2], *entries[3:]], id="an entry dropped"),
        pytest.param(
            lambda entries: [
                entries[0].model_copy(update={"at": entries[0].at.replace(day=2)}),
                *entries[1:],
            ],
            id="received earlier",
        ),
        pytest.param(lambda entries: list(entries[:-1]), id="the end cut off"),
    ],
)
def test_rewritten_history_is_noticed_by_whoever_kept_a_record(
    system: System,
    petitioner: Petitioner,
    command: Any,
    change: Callable[[tuple[Entry, ...]], list[Entry]],
):
    saved = petitioner.record()
    with rewritten(system, petitioner.reference, change):
        now = petitioner.record()

    code, output = command(now, kept=saved)

    assert (code, "SAI / BROKEN" in output) == (1, True), output


def test_rewritten_history_no_longer_leads_to_its_published_root(
    system: System, petitioner: Petitioner, command: Any
):
    """Also without an older record: the day's root was signed over what the history was."""

    def another_answer(entries: tuple[Entry, ...]) -> list[Entry]:
        return [*entries[:-1], entries[-1].model_copy(update={"text": "Khác"})]

    with rewritten(system, petitioner.reference, another_answer):
        code, output = command(petitioner.record())

    assert code == 1
    assert "the history is not in the root" in output


def test_exchanged_root_is_noticed_by_whoever_kept_a_record(
    system: System, petitioner: Petitioner, command: Any
):
    """Somebody with the signing key rewrites history and root alike; the kept record holds the old root."""
    saved = petitioner.record()
    day = saved["proof"]["root"]["day"]
    roots = published(system)
    root = next(candidate for candidate in roots["roots"] if candidate["day"] == day)
    kms = aws.client("kms")
    root["count"] = 7
    root["statement"] = root["statement"].replace(f"count: {saved['proof']['root']['count']}\n", "count: 7\n")
    root["root"] = hashlib.sha256(root["statement"].encode()).hexdigest()
    signature = kms.sign(
        KeyId=system.local.cloud.outputs["RootsKeyId"],
        Message=root["statement"].encode(),
        MessageType="RAW",
        SigningAlgorithm="ECDSA_SHA_256",
    )["Signature"]
    root["signature"] = base64.b64encode(signature).decode()

    code, output = command(saved, roots={"roots": [root]})

    assert code == 1
    assert "the root was exchanged" in output


def test_another_signing_key_is_noticed(system: System, petitioner: Petitioner, command: Any):
    key = system.http("GET", "/v1/signing-key").json()

    code, output = command(petitioner.record(), key={**key, "public_key": "AAAA"})

    assert code == 1
    assert "the signing key is another one" in output


def test_record_hides_what_its_petitioner_may_not_read(petitioner: Petitioner):
    text = json.dumps(petitioner.record(), ensure_ascii=False)

    assert not any(secret in text for secret in ("officer:", "minh.ccvc", "change_id", "because"))


def test_record_is_for_whoever_has_the_pin(system: System, petitioner: Petitioner):
    answer = system.http(
        "GET", f"/v1/petitions/{petitioner.reference}/record", headers={"X-Petition-Pin": "00000000"}
    )

    assert answer.status == 404


def test_page_gives_the_same_record_as_a_file_and_says_what_to_do_without_javascript(
    system: System, petitioner: Petitioner
):
    form = {"ma": petitioner.reference, "pin": petitioner.pin}

    page = system.http("POST", "/tra-cuu", form=form)
    file = system.http("POST", "/tra-cuu/ban-ghi", form=form)

    assert 'id="unverified"' in page.text
    assert "attachment" in file.header("content-disposition")
    assert file.json()["entries"] == petitioner.record()["entries"]
    assert system.http("GET", "/kiem-chung").status == 200
    assert system.http("GET", "/assets/verify_history.py").text == COMMAND.read_text(encoding="utf-8")


@pytest.mark.parametrize("day", ["2026-11-30", "hôm nay", "2026-13-01", "20261103"])
def test_day_without_a_root_is_refused(system: System, day: str):
    from urllib.parse import quote

    assert system.http("GET", f"/v1/roots/{quote(day)}").status == 422
