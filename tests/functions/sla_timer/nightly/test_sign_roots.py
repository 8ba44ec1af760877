"""The root that is signed every night: each changed history once, each day once, and never another one."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from chalicelib.sla_timer.nightly.sign_roots import DailyRoots
from chalicelib.sla_timer.nightly.verify_histories import Verification
from chalicelib.sla_timer.settings import SlaTimerSettings
from shared.domain.figures.merkle import NOTHING_BEFORE, leaf_of, top_of, tree_of
from shared.platform import aws, clock, settings
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petition_items import petition_of
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots, SignedRoot
from tests.campaigns.faults.injection import Crash, Fault
from tests.support.people import Citizen
from tests.support.system import System

DAY = date(2026, 11, 3)


@pytest.fixture
def roots(system: System) -> Roots:
    return Roots(system.local.cloud.outputs["RootsTable"])


def daily_roots(monotonic: Callable[[], float] = time.monotonic) -> DailyRoots:
    names = settings.load(SlaTimerSettings)
    roots = Roots(names.roots_table)
    directory = Directory(names.directory_table)
    petitions = Petitions(names.petitions_table, directory)
    verification = Verification(petitions, roots, directory.restorations)
    return DailyRoots(
        Outlines(names.petitions_table),
        verification,
        roots,
        directory.restorations,
        names.roots_key_id,
        monotonic=monotonic,
    )


def sign(system: System, hours: int = 24) -> int:
    system.clock.hold_at(system.clock.now() + timedelta(hours=hours))
    return daily_roots().sign_missing_days(clock.now())


def is_signed(root: SignedRoot) -> bool:
    key = load_der_public_key(base64.b64decode(root.public_key))
    assert isinstance(key, EllipticCurvePublicKey)
    key.verify(base64.b64decode(root.signature), root.statement.encode(), ECDSA(SHA256()))
    return True


def test_every_changed_history_leads_to_the_days_root(system: System, roots: Roots):
    for _ in range(5):
        Citizen(system).send()

    assert sign(system) == 1

    root = roots.get(DAY)
    assert root is not None
    assert (root.count, root.previous) == (5, NOTHING_BEFORE)
    assert is_signed(root)
    for petition in map(petition_of, system.items("petitions")):
        path = roots.path(root, petition.reference)
        assert path is not None
        head = petition.history[path.version - 1].hash
        leaf = leaf_of(petition.reference, path.version, petition.history[0].hash, head)
        assert top_of(leaf, path.path) == root.tree


def test_first_root_of_all_holds_also_what_ended_before_it(system: System, roots: Roots):
    citizen = Citizen(system)
    citizen.send()
    sign(system, hours=240)

    first = roots.first()

    assert first is not None
    assert (first.day, first.count) == (DAY + timedelta(days=9), 1)
    record = system.http(
        "GET", f"/v1/petitions/{citizen.reference}/record", headers={"X-Petition-Pin": citizen.pin}
    ).json()
    assert record["proof"]["root"]["day"] == str(first.day)


def test_signing_again_leaves_the_root_as_it_is(system: System, roots: Roots):
    Citizen(system).send()
    sign(system)
    before = system.items("roots")

    assert sign(system, hours=0) == 0
    assert system.items("roots") == before


def test_day_is_signed_only_once_it_is_over(system: System, roots: Roots):
    Citizen(system).send()
    system.clock.hold_at(system.clock.now().replace(hour=17, minute=5))

    sign(system, hours=0)

    assert roots.get(DAY) is None


def test_quiet_days_are_signed_too_and_each_names_the_one_before(system: System, roots: Roots):
    Citizen(system).send()
    sign(system)

    assert sign(system, hours=72) == 3

    month = roots.of_month("2026-11")
    assert [root.count for root in month] == [0, 0, 0, 1]
    assert [root.previous for root in month[:-1]] == [root.root for root in month[1:]]
    assert roots.latest() == month[0]


def test_two_rounds_at_once_publish_one_root_whose_paths_hold(system: System, roots: Roots):
    """Another round saw fewer histories: its paths are named after its own tree, and its root is refused."""
    Citizen(system).send()
    Citizen(system).send()
    signer = daily_roots()
    system.clock.hold_at(system.clock.now() + timedelta(days=1))
    hashes = signer._latest_hashes(DAY, None)
    signer._latest_hashes = lambda *_: hashes[:1]  # type: ignore[method-assign]
    other = signer._signed(DAY, None)
    del signer._latest_hashes

    assert sign(system, hours=0) == 1

    root = roots.get(DAY)
    assert root is not None
    assert roots.add(other) is False
    assert root.tree != other.tree
    for head in hashes:
        path = roots.path(root, head.reference)
        assert path is not None
        assert top_of(leaf_of(*head), path.path) == root.tree


def test_head_that_came_too_late_for_its_tree_stands_in_the_next(system: System, roots: Roots):
    Citizen(system).send()
    sign(system)
    root = roots.get(DAY)
    assert root is not None
    (path_row,) = (row for row in system.items("roots") if row["collection"]["S"] == str(DAY))
    aws.client("dynamodb").delete_item(
        TableName=system.local.cloud.outputs["RootsTable"],
        Key={name: path_row[name] for name in ("collection", "name")},
    )

    sign(system)

    following = roots.get(DAY + timedelta(days=1))
    assert following is not None
    assert following.count == 1


def test_rows_of_the_roots_tell_no_name_and_published_roots_no_petition(system: System, roots: Roots):
    citizen = Citizen(system)
    citizen.send()
    sign(system)

    published = system.http("GET", "/v1/roots", query={"month": "2026-11"}).text

    assert citizen.reference not in published
    hashes = Outlines(system.local.cloud.outputs["PetitionsTable"]).hashes_changed_on(DAY)
    top, paths = tree_of(leaf_of(*head) for head in hashes)
    assert top in published
    assert not any(leaf in published for leaf in paths)


def paths_that_hold(system: System, roots: Roots, root: SignedRoot) -> int:
    """Return the number of petitions whose path leads to a root."""
    hashes = Outlines(system.local.cloud.outputs["PetitionsTable"]).hashes_changed_on(root.day)
    paths = {head: roots.path(root, head.reference) for head in hashes}
    return sum(1 for head, path in paths.items() if path and top_of(leaf_of(*head), path.path) == root.tree)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_day_cut_off_at_any_call_is_signed_by_the_next_run_and_no_path_is_added_twice(
    system: System, roots: Roots, fault: Fault
):
    for _ in range(4):
        Citizen(system).send()
    system.clock.hold_at(system.clock.now() + timedelta(days=1))
    checkpoint = system.keep()

    def signed(plan: dict[int, Fault]) -> list[str]:
        with (
            system.faults.at(plan),
            suppress(Crash),
            system.local.functions._at_work("sla_timer.hourly"),
        ):
            daily_roots().sign_missing_days(clock.now())
        return [call.operation for call in system.faults.calls]

    whole = signed({})
    assert whole.count("PutItem") == 5, "four paths and the root"
    for number in range(1, len(whole) + 1):
        system.put_back(checkpoint)

        before_the_cut = signed({number: fault})
        calls = before_the_cut + signed({})

        root = roots.get(DAY)
        assert root is not None, number
        assert is_signed(root), number
        assert (root.count, paths_that_hold(system, roots, root)) == (4, 4), number
        assert calls.count("PutItem") <= 5 + (before_the_cut[-1] == "PutItem"), number


def test_run_begins_no_further_day_after_its_time_and_the_next_one_goes_on(system: System, roots: Roots):
    Citizen(system).send()
    sign(system)
    system.clock.hold_at(system.clock.now() + timedelta(days=3))
    minutes = itertools.count(0, 2 * 60)

    slow = daily_roots(monotonic=lambda: float(next(minutes))).sign_missing_days(clock.now())
    rest = daily_roots().sign_missing_days(clock.now())

    assert (slow, rest) == (2, 1), "the third would have begun after 6 minutes"
