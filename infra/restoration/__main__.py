"""Restores the data of a stage: `make restore STAGE=prod AT=2026-11-03T09:00:00+07:00 STEP=plan`.

The steps, in their order; each may be run again (docs/runbook.md, "Data must be restored"):

plan     says what would be done, and writes nothing
freeze   closes the doors (503 with Retry-After), stops queues, stream and schedules
copy     makes copies of the tables as they were, and a backup of them as they are
apply    brings the live tables to the moment, and begins a new epoch
check    compares again: nothing may be left to do, and every history has to verify
thaw     starts everything and opens the doors
give-up  the same without apply: the data stay as they are
tidy     deletes the copies
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import boto3

from infra.deployment.errors import exit_code_of
from infra.deployment.templates import REGION
from infra.restoration.accounts import Account
from infra.restoration.cloud import Copies, Triggers, Versions
from infra.restoration.doors import RestorationError
from infra.restoration.restore import Restore
from shared.domain.identity.reference import normal_reference
from shared.platform import clock

STEPS = ("plan", "freeze", "copy", "apply", "check", "thaw", "tidy")
GIVE_UP = "give-up"
"""The step that may follow `freeze` instead of all others, as long as nothing was applied."""
WHOLLY = ("deliveries", "directory", "throttle")
NOTICED_AFTER = timedelta(seconds=90)
"""Every running function has seen the row of the doors by then (`shared.tables.directory.KEPT_FOR`) and is done."""
REPORTS = Path("build")


class Switch(Protocol):
    """Stops and starts what calls the functions, and says how many there are."""

    def stop(self) -> int:
        """Stop all of them."""

    def start(self) -> int:
        """Start all of them."""


@dataclass(frozen=True)
class Parts:
    """The parts of a restoration."""

    restore: Restore
    copies: Copies
    triggers: Switch
    wholly: frozenset[str]
    closed_for: timedelta
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], object] = print


def plan(parts: Parts) -> int:
    """Say what would be done."""
    refused = list(parts.copies.refused())
    for reason in refused:
        parts.say(f"cannot go back: {reason}")
    if parts.copies.are_there(parts.wholly):
        _report(parts, parts.restore.plan(), "plan")
    else:
        parts.say("There are no copies of that moment yet: what differs is known after the step copy.")
    return 1 if refused else 0


def freeze(parts: Parts) -> int:
    """Close the doors and stop the triggers."""
    number = parts.restore.doors.close(clock.now() + parts.closed_for)
    stopped = parts.triggers.stop()
    parts.sleep(NOTICED_AFTER.total_seconds())
    parts.say(f"restoration {number}: the doors are closed, {stopped} triggers stand still")
    return 0


def copy(parts: Parts) -> int:
    """Copy the tables of then, and back up those of now."""
    parts.copies.keep_present(parts.restore.doors.number())
    parts.copies.make(parts.wholly)
    parts.say(f"copies: {', '.join(sorted(parts.restore.place.copies.values()))}")
    return 0


def apply(parts: Parts) -> int:
    """Bring the live tables to the moment."""
    _need_copies(parts)
    _report(parts, parts.restore.apply(), "applied")
    return 0


def check(parts: Parts) -> int:
    """Compare again."""
    _need_copies(parts)
    account = parts.restore.check()
    _report(parts, account, "checked")
    if not account.is_settled:
        parts.say("Something is left to do: run the step apply again.")
    for reference in account.unsound:
        parts.say(f"does not verify: {reference}")
    return 0 if account.is_settled and not account.unsound else 1


def _need_copies(parts: Parts) -> None:
    if not parts.copies.are_there(parts.wholly):
        raise RestorationError("There are no copies of that moment: run the step copy first.")


def thaw(parts: Parts) -> int:
    """Start the triggers and open the doors, once every function knows the new epoch."""
    parts.restore.doors.check_may_open()
    parts.sleep(NOTICED_AFTER.total_seconds())
    return _open(parts)


def give_up(parts: Parts) -> int:
    """Start the triggers and open the doors with the data as they are, because nothing was applied."""
    parts.restore.doors.check_may_open(is_given_up=True)
    return _open(parts, is_given_up=True)


def _open(parts: Parts, *, is_given_up: bool = False) -> int:
    """Open the doors last: as long as they are closed, the step may be run again."""
    started = parts.triggers.start()
    parts.restore.doors.open(is_given_up=is_given_up)
    parts.say(f"the doors are open, {started} triggers run")
    return 0


def tidy(parts: Parts) -> int:
    """Delete the copies."""
    parts.copies.remove(parts.wholly)
    parts.say("the copies are deleted; the backups named …-before-r… stay")
    return 0


RUN: dict[str, Callable[[Parts], int]] = {
    "plan": plan,
    "freeze": freeze,
    "copy": copy,
    "apply": apply,
    "check": check,
    "thaw": thaw,
    GIVE_UP: give_up,
    "tidy": tidy,
}


def _report(parts: Parts, account: Account, name: str) -> None:
    for line in account.lines():
        parts.say(line)
    REPORTS.mkdir(exist_ok=True)
    path = REPORTS / f"restoration-{account.number}-{name}.json"
    path.write_text(account.as_json(), encoding="utf-8")
    parts.say(f"  the whole account: {path}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("name the zone, e.g. 2026-11-03T09:00:00+07:00")
    return moment.astimezone(UTC)


def _references_in(path: Path) -> list[str]:
    """Return the references in a file, one a line.

    Raises:
        RestorationError: it cannot be read, or a line is none.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise RestorationError(f"{path} cannot be read: {type(error).__name__}.") from None
    numbers = {line: normal_reference(line) for line in lines if line.strip()}
    wrong = [line for line, number in numbers.items() if number is None]
    if wrong:
        raise RestorationError(f"{path}: {wrong[0]} is no reference: a digit is wrong or missing.")
    return [number for number in numbers.values() if number]


def parts_of(options: argparse.Namespace, session: Any) -> Parts:
    """Return the parts for what was asked for."""
    wholly = frozenset(options.wholly)
    copies = Copies(session.client("dynamodb"), options.stage, options.at)
    account = session.client("sts").get_caller_identity()["Account"]
    files = Versions(session.client("s3"), f"pakn-{options.stage}-attachments-{account}")
    lost = _references_in(Path(options.lost)) if options.lost else []
    restore = Restore(
        copies.place(wholly),
        options.at,
        files,
        options.only_damaged,
        also_lost=lost,
        wholly=wholly,
        newer_is_damage=options.newer_is_damage,
    )
    triggers = Triggers(session, options.stage)
    return Parts(restore, copies, triggers, wholly, timedelta(minutes=options.minutes))


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.restoration", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("step", choices=(*STEPS, GIVE_UP), nargs="?", default="plan")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--at", required=True, type=_moment, help="the moment, with its zone")
    parser.add_argument("--only-damaged", action="store_true", help="sound petitions stay as they are")
    parser.add_argument("--wholly", action="append", default=[], choices=WHOLLY, help="it is damaged itself")
    parser.add_argument(
        "--newer-is-damage",
        action="store_true",
        help="items of a newer schema are damage, not a newer release's",
    )
    parser.add_argument("--lost", help="a file with references that were given out, one a line")
    parser.add_argument(
        "--minutes", type=int, default=120, help="for how long the doors are closed (Retry-After)"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step."""
    options = options_of(arguments)
    return exit_code_of(
        lambda: RUN[options.step](parts_of(options, boto3.Session(region_name=REGION))), RestorationError
    )


if __name__ == "__main__":
    sys.exit(main())
