"""The timeline of one petition across the functions: entries, messages, notices, deliveries, receipts, log lines.

Everything is joined by the id of the request or message that began it (`shared.platform.correlation`), and by the
reference. Identifiers, states and channels, never a text, a name or a contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from infra.ops.stage.dead_letters import Letter
from infra.ops.stage.logs import Line
from shared.domain.petition.change import PETITIONER, ROUTER, TIMER, works_at_desk
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryState, notice_prefix
from shared.platform.messages import Message, NoticeRequest, RoutingRequest
from shared.use_cases.consequences import Requested, requests_after

SHORT = 8
"""Characters of an id that a table shows: enough to see what belongs together."""
_PROVEN = frozenset({DeliveryState.DELIVERED, DeliveryState.UNPROVEN})
_FUNCTIONS = {PETITIONER: "intake", ROUTER: "router", TIMER: "sla_timer"}


class Moment(NamedTuple):
    """One thing that happened to a petition."""

    at: datetime
    where: str
    """The function."""
    kind: str
    """`entry`, `message`, `delivery`, `receipt`, `view`, `log`, `dead letter` or `missing`."""
    what: str
    detail: str = ""
    correlation: str = ""
    """The id of the request or message because of which it happened; "" where older code kept none."""
    provider_id: str = ""
    """The id that a provider gave a delivery."""

    @property
    def row(self) -> dict[str, Any]:
        """The facts, as a row of the output."""
        return self._asdict() | {"trail": self.correlation[:SHORT]}


def entries(petition: Petition) -> Iterator[Moment]:
    """Yield the history's entries, each followed by the messages that the router sends because of it."""
    for entry in petition.history:
        where = "casework" if works_at_desk(entry.by) else _FUNCTIONS.get(entry.by, "intake")
        cause = entry.correlation or ""
        what, detail = f"{entry.seq} {entry.action}", f"{entry.state} by {entry.by}"
        yield Moment(entry.at, where, "entry", what, detail, cause)
        later = {each for messages in requests_after(petition, entry.seq).values() for each in messages}
        for queue, messages in requests_after(petition, entry.seq - 1).items():
            for message in messages:
                if message not in later:
                    yield Moment(entry.at, "router", "message", name_of(message), f"to {queue}", cause)


def deliveries(sent: Iterable[Delivery]) -> Iterator[Moment]:
    """Yield the deliveries, with the receipts that are known of them."""
    for each in sent:
        facts = {
            "over": each.channel,
            "through": each.provider,
            "attempts": each.attempt if each.attempt > 1 else None,
            "reason": each.reason,
            "carried by": each.carried_by,
            "again at": each.wake_at,
        }
        kind = "receipt" if each.state in _PROVEN else "delivery"
        cause, name = each.correlation or "", each.notice
        what, id_there = f"{name} {each.state}", each.provider_id or ""
        yield Moment(each.at, "notifier", kind, what, _joined(facts), cause, id_there)
        if each.delivered_at:
            contradicted = (f"{name} DELIVERED", "contradicted later", cause)
            yield Moment(each.delivered_at, "notifier", "receipt", *contradicted)
        if each.complained_at:
            yield Moment(each.complained_at, "notifier", "receipt", f"{name} complaint", "", cause)


def views(seen: Iterable[tuple[int, datetime]]) -> Iterator[Moment]:
    """Yield the petitioner's views."""
    for version, at in seen:
        yield Moment(at, "intake", "view", f"up to entry {version}", "by the petitioner")


def log_lines(lines: Iterable[Line]) -> Iterator[Moment]:
    """Yield the lines of the functions' logs."""
    for line in lines:
        facts = {name: value for name, value in line.facts.items() if name != "message"}
        yield Moment(
            line.at,
            line.function,
            "log",
            str(line.facts.get("message", "")),
            _joined(facts),
            line.correlation,
        )


def dead(letters: Iterable[Letter]) -> Iterator[Moment]:
    """Yield the dead letters."""
    for letter in letters:
        what = f"{letter.about['step']} in {letter.queue}-dead"
        yield Moment(
            letter.sent_at, "queue", "dead letter", what, f"message {letter.message_id}", letter.correlation
        )


def missing(requested: Requested, now: datetime) -> Iterator[Moment]:
    """Yield the messages whose effect should be there by now and cannot be seen."""
    for queue, messages in requested.items():
        for message in messages:
            yield Moment(now, "queue", "missing", name_of(message), f"no effect of it; to {queue}")


def name_of(message: Message) -> str:
    """Return a message by its step, as the names of deliveries begin."""
    match message:
        case NoticeRequest(seq=seq, kind=kind, audience=audience):
            return notice_prefix(seq, kind, audience).rstrip("#")
        case RoutingRequest(task=task):
            return task.value
        case _:
            return type(message).__name__.removesuffix("Request").lower()


def _joined(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
