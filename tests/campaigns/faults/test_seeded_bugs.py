"""Bugs put into the product on purpose: the campaigns find each. Without them they find nothing, in their own files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest

from chalicelib.casework.actions.take_action import ActionService
from chalicelib.intake.uploads.check_upload import UploadCheck
from chalicelib.notifier.attempts import back_off
from chalicelib.notifier.notices.notify_officers import OfficerNotifier
from chalicelib.router.relay_changes import Relay
from shared.domain.promises import wake_ups
from shared.platform import queues
from shared.tables.petitions import Petitions
from shared.use_cases import consequences
from shared.use_cases.receive_submission import Reception
from tests.campaigns import test_simulation as checks
from tests.campaigns.faults.injection import Fault
from tests.campaigns.faults.scenes import Rehearsal, Scene, differences
from tests.campaigns.faults.seeded_bug import seeded
from tests.campaigns.simulation import Simulation


class Bug(NamedTuple):
    """A function, a piece of its source, and the wrong code to put in its place.

    Where the product has a second guard against the same bug, `second` takes that away too.
    """

    function: Any
    right: str
    wrong: str
    second: Bug | None = None

    @contextmanager
    def seeded(self) -> Iterator[None]:
        """Run the product with this bug."""
        with ExitStack() as stack:
            bug: Bug | None = self
            while bug is not None:
                stack.enter_context(seeded(bug.function, bug.right, bug.wrong))
                bug = bug.second
            yield


SEEN_BY_SCENES = [
    pytest.param(
        Bug(queues.send_each, "if failed:", "if False:"),
        "web: send",
        Fault.PARTIAL_BATCH,
        id="messages that SQS did not take are forgotten",
    ),
    pytest.param(
        Bug(
            queues.each_message,
            'failures.append({"itemIdentifier": record["messageId"]})\n    return',
            'print(record["messageId"])\n    return',
        ),
        "web: send",
        Fault.THROTTLE,
        id="a message that failed is not given back",
    ),
    pytest.param(
        Bug(
            Relay.relay,
            "failed = records[relayed : relayed + 1]",
            "failed = []",
        ),
        "web: send",
        Fault.THROTTLE,
        id="a change that was not relayed is passed over",
    ),
    pytest.param(
        Bug(
            OfficerNotifier._send_mail,
            "in NOTIFIED | {DeliveryState.FAILED, DeliveryState.SUPERSEDED}",
            "in {DeliveryState.FAILED, DeliveryState.SUPERSEDED}",
        ),
        "web: send",
        Fault.CRASH_AFTER,
        id="a mail that went out is sent again",
    ),
    pytest.param(
        Bug(
            Reception.receive,
            "if not isinstance(other, Lost) and self._is_same(other, submission):",
            "if False:",
        ),
        "web: send",
        Fault.CRASH_AFTER,
        id="a submission that comes again is another petition",
    ),
    pytest.param(
        Bug(ActionService.act, "if is_repeated and", "if False and"),
        "web: note by minh.ccvc",
        Fault.CRASH_AFTER,
        id="a request that comes again is another change",
    ),
    pytest.param(
        Bug(
            Petitions.save,
            "other is not None\n        and",
            "other is not None\n        or",
            Bug(ActionService._applied, "if current.has_change(context.change.id) and", "if False and"),
        ),
        "web: accept by minh.ccvc",
        Fault.OWN_FAILED_CONDITION,
        id="an own write is taken for somebody else's",
    ),
    pytest.param(
        Bug(
            UploadCheck.check,
            "place = place_of(key)",
            "self._bucket.remove(key); place = place_of(key)",
        ),
        "files: upload",
        Fault.CRASH_BEFORE,
        id="the upload is removed before it was kept",
    ),
]


def finds(rehearsal: Rehearsal, scene: Scene, fault: Fault) -> bool:
    """Return whether the campaign fails in a scene, at any of its calls."""
    for call, injected in scene.points((fault,)):
        try:
            result = rehearsal.play_with(scene, {call.number: injected})
        except AssertionError:
            return True
        if differences(scene.outcome, result):
            return True
    return False


@pytest.mark.parametrize(("bug", "scene", "fault"), SEEN_BY_SCENES)
def test_scenes_notice(rehearsal: Rehearsal, bug: Bug, scene: str, fault: Fault):
    right = rehearsal.scene(scene)

    with bug.seeded():
        assert finds(rehearsal, right, fault)


SEEN_BY_THE_SIMULATION = [
    pytest.param(
        Bug(consequences.requests_after, "petition.history[seen:]", "petition.history[seen + 1 :]"),
        checks.test_every_notice_that_follows_from_a_change_was_asked_for_and_no_other,
        id="the first of the new entries tells nobody",
    ),
    pytest.param(
        Bug(back_off.wait_for_word, "now < word_at", "now < entry.at"),
        checks.test_every_notice_that_follows_from_a_change_was_asked_for_and_no_other,
        id="word of a decision leaves while it may be taken back",
    ),
    pytest.param(
        Bug(wake_ups.next_wake, "pending[0].at", "pending[-1].at"),
        checks.test_nothing_that_fell_due_was_missed,
        id="the last of what falls due is waited for",
    ),
    pytest.param(
        Bug(wake_ups.first_unsent_update, "default=0", "default=1"),
        checks.test_every_overdue_petitioner_has_heard_the_latest_update,
        id="the first update is skipped",
    ),
]


@pytest.mark.parametrize(("bug", "check"), SEEN_BY_THE_SIMULATION)
def test_simulation_notices(bug: Bug, check: Callable[[Simulation], None]):
    with bug.seeded():
        played = Simulation(1, 60).run()

    with pytest.raises(AssertionError):
        check(played)


def test_a_seeded_bug_is_gone_afterwards():
    right = queues.send_each.__code__

    with seeded(queues.send_each, "if failed:", "if False:"):
        assert queues.send_each.__code__ is not right

    assert queues.send_each.__code__ is right


def test_there_are_ten_of_them_at_least():
    assert len(SEEN_BY_SCENES) + len(SEEN_BY_THE_SIMULATION) >= 10
