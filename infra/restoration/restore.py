"""Brings the live tables to a moment, from copies that lie beside them; may be cut off and run again.

The tables keep their names, streams and triggers: what differs is written into them (docs/adr/0054-restored-data.md).

| table | what of the copy is written |
|---|---|
| petitions | every petition as it was, but for those that were received or erased since and are sound |
| deliveries | rows that are missing; rows about entries taken back are removed, all others know more and stay |
| roots | rows that are missing; what was signed stays |
| directory, throttle | nothing, unless the operator asks: decisions, stop words and limits of the lost hours hold |
| statistics | nothing: counted anew from the petitions |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from infra.restoration import receipts
from infra.restoration.accounts import Account
from infra.restoration.doors import Doors, RestorationError
from infra.restoration.fates import Decision, Fate, decide, put_back
from shared.domain.errors import NewerItemError
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.attachments import AttachmentState, quarantine_key
from shared.platform.item_by_item import MALFORMED
from shared.tables.batches.batch_get import BATCH
from shared.tables.directory import OPERATIONS, Directory
from shared.tables.documents import DELIVERY, PETITION, Schema
from shared.tables.dynamo import ConditionFailedError, Item, Table
from shared.tables.jobs import CalendarDispatched, Dispatched, RolledUp, Rounds
from shared.tables.petition_items import LOST, lost_item, petition_in

BEGUN_ANEW = (RolledUp, CalendarDispatched, Dispatched)
"""Jobs that begin anew after a restoration, as all rounds do: they derive from the petitions what is missing, and what
failed again and again is tried at once, because it may be mended now."""


class Files(Protocol):
    """The versions of the bucket's objects."""

    def bring_back(self, key: str) -> bool:
        """Make the latest version of a deleted object the current one; False where there is nothing to bring back."""


@dataclass(frozen=True)
class Place:
    """The live tables of a stage, by name, and the copies of them at the moment."""

    live: Mapping[str, str]
    """Table names by what they hold: `petitions`, `deliveries`, `directory`, `statistics`, `roots`, `throttle`."""
    copies: Mapping[str, str]
    """The copies of `petitions`, `deliveries` and `roots`, and of each table that is to go back wholly."""


@dataclass
class Restore:
    """Restores the data of one stage to one moment.

    Args:
        place: the tables.
        to: the moment.
        files: the bucket.
        only_damaged: whether sound petitions stay as they are.
        also_lost: references that are known to have been given out, from logs or from people.
        wholly: tables of which the copy replaces every row: `deliveries`, `directory`, `throttle`, where damaged.
        newer_is_damage: whether items of a schema that this code does not understand are damage, and not the work of a
            newer release.
    """

    place: Place
    to: datetime
    files: Files
    only_damaged: bool = False
    also_lost: Sequence[str] = ()
    wholly: frozenset[str] = frozenset()
    newer_is_damage: bool = False
    doors: Doors = field(init=False)

    def __post_init__(self) -> None:
        self.doors = Doors(Directory(self.place.live["directory"]), self.to)

    # --- planning, applying, checking --------------------------------------------------------------

    def plan(self) -> Account:
        """Return the account of what applying would do; nothing is written.

        Raises:
            RestorationError: newer code wrote some of the items.
        """
        self._refuse_newer()
        return self._run(is_written=False)

    def apply(self) -> Account:
        """Bring the live tables to the moment; run again, it goes on where it was cut off.

        Raises:
            RestorationError: the doors are open, another moment was begun with, or newer code wrote some of the items.
        """
        self.doors.closed()
        self._refuse_newer()
        self.doors.begin_epoch()
        account = self._run(is_written=True)
        for job in BEGUN_ANEW:
            Table(self.place.live["statistics"]).delete({"period": "jobs", "measure": job.job})
        Rounds(self.place.live["statistics"]).forget()
        return account

    def check(self) -> Account:
        """Return the account of what is left to be done and does not verify; settled and sound is how it should be."""
        account = self.plan()
        for item in Table(self.place.live["petitions"]).scan_all():
            if LOST in item:
                continue
            petition = _petition(item)
            if petition is None or petition.fault is not None:
                account.unsound.append(str(item["reference"]))
            elif account.petitions.get(petition.reference) not in _KEPT:
                account.newest = max(account.newest, f"{petition.history[-1].at.astimezone(UTC):%FT%TZ}")
        return account

    def _refuse_newer(self) -> None:
        """Refuse to judge what newer code wrote: to this code it looks like damage, and would be lost.

        Raises:
            RestorationError: there is some.
        """
        if self.newer_is_damage:
            return
        for table, schema in (("petitions", PETITION), ("deliveries", DELIVERY)):
            for name in (self.place.live[table], self.place.copies[table]):
                newer = sorted(
                    {str(item["reference"]) for item in Table(name).scan_all() if _is_newer(item, schema)}
                )
                if newer:
                    raise RestorationError(
                        f"{name}: newer code wrote {len(newer)} items, e.g. {newer[0]}. Run the release that is "
                        "deployed; if they are the damage, add ARGS=--newer-is-damage."
                    )

    def _run(self, *, is_written: bool) -> Account:
        account = Account(self.doors.number(), self.to)
        self._petitions(account, is_written=is_written)
        self._deliveries(account, is_written=is_written)
        self._roots(account, is_written=is_written)
        for table in sorted(self.wholly - {"deliveries"}):
            if is_written:
                self._replace(table)
        return account

    # --- petitions ---------------------------------------------------------------------------------

    def _petitions(self, account: Account, *, is_written: bool) -> None:
        table = Table(self.place.live["petitions"])
        for then, now in self._pairs():
            decision = decide(then, now, only_damaged=self.only_damaged)
            account.add(decision)
            if not is_written:
                continue
            if decision.fate is Fate.BACK and then is not None:
                account.files_brought_back += self._bring_back_files(then)
                table.put(put_back(then, account.number))
            elif decision.fate is Fate.LOST:
                table.put(lost_item(decision.reference, account.number))
        for reference in self._lost_elsewhere():
            account.add(Decision(reference, Fate.LOST, 0))
            if is_written:
                with suppress(ConditionFailedError):
                    table.put_if(lost_item(reference, account.number), "attribute_not_exists(version)")

    def _pairs(self) -> Iterator[tuple[Item | None, Item | None]]:
        """Yield each petition as it was and as it is, with little of them in memory."""
        copy, live = Table(self.place.copies["petitions"]), Table(self.place.live["petitions"])
        for items, others in _beside(live, copy):
            yield from ((others.get(str(item["reference"])), item) for item in items)
        for items, others in _beside(copy, live):
            yield from ((item, None) for item in items if str(item["reference"]) not in others)

    def _lost_elsewhere(self) -> Iterator[str]:
        """Yield references that were given out, by the deliveries or by what the operator knows, and are nowhere."""
        named = (
            str(row["reference"])
            for row in Table(self.place.live["deliveries"]).scan_all()
            if receipts.is_of_petition(row)
        )
        yield from self._without_item(sorted({*self.also_lost, *named}))

    def _without_item(self, references: Iterable[str]) -> Iterator[str]:
        remaining = iter(references)
        while batch := list(islice(remaining, BATCH)):
            there = {
                str(item["reference"])
                for table in (self.place.live["petitions"], self.place.copies["petitions"])
                for item in Table(table).batch_get({"reference": each} for each in batch)
            }
            yield from (each for each in batch if each not in there)

    def _bring_back_files(self, then: Item) -> int:
        petition = _petition(then)
        if petition is None:
            return 0
        keys = [
            file.clean_key if file.is_clean else quarantine_key(petition.reference, file.id)
            for file in petition.attachments
            if file.is_clean or file.state is AttachmentState.EXPECTED
        ]
        return sum(self.files.bring_back(key) for key in keys)

    # --- deliveries --------------------------------------------------------------------------------

    def _deliveries(self, account: Account, *, is_written: bool) -> None:
        if "deliveries" in self.wholly and is_written:
            self._replace("deliveries")
        live, copy = Table(self.place.live["deliveries"]), Table(self.place.copies["deliveries"])
        removed: list[Item] = []
        for rows, versions in self._with_versions(live):
            removed += [row for row in rows if not receipts.survives(row, versions[str(row["reference"])])]
        account.deliveries_withdrawn += [receipts.withdrawn(row) for row in removed]
        self._settle(account, removed, is_written=is_written)
        if is_written:
            for row in removed:
                live.delete(_key(row))
        for rows, versions in self._with_versions(copy):
            surviving = [row for row in rows if receipts.survives(row, versions[str(row["reference"])])]
            there = {_named(row) for row in live.batch_get(map(_key, surviving))}
            for row in surviving:
                if _named(row) not in there and str(row.get("carried_by", "")) == "":
                    account.deliveries_added += 1
                    if is_written:
                        live.put(row)

    def _settle(self, account: Account, removed: list[Item], *, is_written: bool) -> None:
        """Free rows that stay from rows that go."""
        if not removed:
            return
        names, gone = receipts.by_name(removed), set(map(_named, removed))
        live = Table(self.place.live["deliveries"])
        for row in live.scan_all():
            if _named(row) in gone or not (row.get("carried_by") or row.get("carries")):
                continue
            settled = receipts.settled(row, names)
            if settled == row:
                continue
            account.deliveries_settled += 1
            if is_written and settled is None:
                live.delete(_key(row))
            elif is_written and settled is not None:
                live.put(settled)

    def _with_versions(self, table: Table) -> Iterator[tuple[list[Item], dict[str, int]]]:
        """Yield the rows about petitions, some at a time, with the version that each petition has afterwards."""
        rows = filter(receipts.is_of_petition, table.scan_all())
        while batch := list(islice(rows, BATCH)):
            versions = {str(row["reference"]): 0 for row in batch}
            keys = [{"reference": reference} for reference in versions]
            then = {
                str(item["reference"]): item for item in Table(self.place.copies["petitions"]).batch_get(keys)
            }
            now = {
                str(item["reference"]): item for item in Table(self.place.live["petitions"]).batch_get(keys)
            }
            for reference in {*then, *now}:
                decision = decide(then.get(reference), now.get(reference), only_damaged=self.only_damaged)
                versions[reference] = decision.version
            yield batch, versions

    # --- the others --------------------------------------------------------------------------------

    def _roots(self, account: Account, *, is_written: bool) -> None:
        """Add the roots that are missing; none is replaced."""
        live = Table(self.place.live["roots"])
        rows = Table(self.place.copies["roots"]).scan_all()
        while batch := list(islice(rows, BATCH)):
            keys = [{"collection": row["collection"], "name": row["name"]} for row in batch]
            there = {(row["collection"], row["name"]) for row in live.batch_get(keys)}
            for row in batch:
                if (row["collection"], row["name"]) not in there:
                    account.roots_added += 1
                    if is_written:
                        live.put_if(row, "attribute_not_exists(#name)")

    def _replace(self, table: str) -> None:
        """Make a table equal to its copy, but for the operators' own rows."""
        live, copy = Table(self.place.live[table]), Table(self.place.copies[table])
        names = _KEYS[table]
        wanted = {tuple(row[name] for name in names) for row in copy.scan_all()}
        for row in live.scan_all():
            if tuple(row[name] for name in names) not in wanted and row.get("kind") != OPERATIONS:
                live.delete({name: row[name] for name in names})
        for row in copy.scan_all():
            if row.get("kind") != OPERATIONS:
                live.put(row)


_KEYS = {
    "deliveries": ("reference", "notice"),
    "directory": ("kind", "row"),
    "throttle": ("key",),
}
_KEPT = frozenset({Fate.RECEIVED_SINCE, Fate.ERASED_SINCE, Fate.SOUND})


def _beside(table: Table, other: Table) -> Iterator[tuple[list[Item], dict[str, Item]]]:
    """Yield a table's items, some at a time, with those of another table under the same references."""
    items = table.scan_all()
    while batch := list(islice(items, BATCH)):
        keys = [{"reference": item["reference"]} for item in batch]
        yield batch, {str(item["reference"]): item for item in other.batch_get(keys)}


def _petition(item: Item) -> Petition | None:
    try:
        return petition_in(item)
    except MALFORMED:
        return None


def _is_newer(item: Item, schema: Schema) -> bool:
    try:
        schema.require(item)
    except NewerItemError:
        return True
    except MALFORMED:  # no number at all: damage
        return False
    return False


def _key(row: Item) -> dict[str, str]:
    return {"reference": row["reference"], "notice": row["notice"]}


def _named(row: Item) -> tuple[str, str]:
    return row["reference"], row["notice"]
