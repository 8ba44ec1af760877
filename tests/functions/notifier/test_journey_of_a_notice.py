"""The longest journey of a notice, from the change of a petition to the next channel, runs one way down the modules."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from types import FrameType
from typing import Any

import pytest

from infra.layout import ROOT
from infra.local.providers.sms_gateway import Trouble
from shared.domain.petition.values.petitioner import ReplyBy
from tests.functions.notifier.conftest import PostRoom

CODE = re.compile(
    rf"{re.escape(str(ROOT))}/functions/(?P<function>notifier|router)/(?:chalicelib/\w+/)?(?P<module>[\w/]+)\.py$"
)
CHAIN = re.compile(r"<!-- chain -->(.*?)<!-- end -->", re.DOTALL)


class Journey:
    """Records by which modules of notifier and router each call was reached."""

    def __init__(self) -> None:
        self.stacks: set[tuple[str, ...]] = set()

    @contextmanager
    def recording(self) -> Iterator[None]:
        sys.setprofile(self._profile)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and module_of(frame) is not None:
            self.stacks.add(modules_above(frame))

    @property
    def reentered(self) -> list[tuple[str, ...]]:
        """The chains in which a module is entered again from below."""
        return sorted(stack for stack in self.stacks if len(set(stack)) < len(stack))

    @property
    def longest(self) -> tuple[str, ...]:
        """The longest chain from the queue's handler to the provider."""
        sent = [stack for stack in self.stacks if stack[-1].startswith("notifier senders/post_json")]
        return max(sent, key=len)


def module_of(frame: FrameType) -> str | None:
    """Return `function room/module` of a frame that runs code of notifier or router, None for any other code."""
    if frame.f_code.co_name == "<module>":
        return None
    match = CODE.search(frame.f_code.co_filename)
    return f"{match['function']} {match['module']}" if match else None


def modules_above(frame: FrameType) -> tuple[str, ...]:
    """Return the modules of a call stack from above; consecutive calls within a module are one entry."""
    modules: list[str] = []
    above: FrameType | None = frame
    while above is not None:
        if (module := module_of(above)) is not None:
            modules.append(module)
        above = above.f_back
    return tuple(module for module, _calls in groupby(reversed(modules)))


@pytest.fixture
def journey(post_room: PostRoom) -> Journey:
    """The notice of receipt from the change of the table on: its SMS is refused, its e-mail arrives."""
    journey = Journey()
    post_room.system.sms_gateway.trouble.append(Trouble.REFUSED)
    with journey.recording():
        post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)
        post_room.system.settle()
    rows = {name: state for name, state in post_room.rows().items() if "RECEIPT" in name}
    assert rows == {"1#RECEIPT#PETITIONER#SMS": "FAILED", "1#RECEIPT#PETITIONER#EMAIL": "DELIVERED"}
    return journey


def test_no_module_is_entered_again_from_below(journey: Journey):
    assert ("router app", "router relay_changes") in journey.stacks
    assert journey.reentered == []


def test_longest_chain_is_the_documented_one(journey: Journey):
    page = (ROOT / "docs" / "notices.md").read_text("utf-8")
    documented = CHAIN.search(page)

    assert documented is not None
    steps = re.findall(r"^\| `(\w+)` \| `([\w/]+)` \|", documented[1], re.MULTILINE)
    chain = [f"{function} {module}" for function, module in steps if function == "notifier"]
    assert tuple(chain) == journey.longest


def test_entering_a_module_again_from_below_is_noticed():
    journey = Journey()

    journey.stacks = {("a", "b"), ("a", "b", "a")}

    assert journey.reentered == [("a", "b", "a")]
