"""Signs, once a day, the root of all histories that changed, so that the owner of a receipt can detect alterations.

Every history is verified before it is signed (`verify_histories`). One that fails is withheld: it is in no tree until
it passes again, and the statement says how many there are (docs/adr/0040-histories-verified-before-signing.md).

Each day's tree holds the latest hashes of the histories that changed since the tree before, and each statement names
the root before, so every latest hash is in exactly one latest tree; the cost follows the changes, not the stored data.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from chalicelib.sla_timer.nightly.verify_histories import Verification, Verified
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.merkle import NOTHING_BEFORE, Statement, leaf_of, restored_line, tree_of
from shared.domain.promises.restorations import Restoration
from shared.platform import aws, clock, telemetry
from shared.tables.outlines import LatestHash, Outlines
from shared.tables.roots import Path, Roots, SignedRoot, WithheldHistory

SETTLED_AFTER = timedelta(minutes=10)
"""A day is signed once its last changes have reached the index."""
AT_ONCE_AT_MOST = 40
"""Days signed in one round after an outage; the next round continues."""
BEGINS_DAYS_FOR = timedelta(minutes=5)
"""The time after which a run begins no further day: one that it has begun still ends within the function's 15."""
DAY = timedelta(days=1)


class DailyRoots:
    """Adds the roots that are missing up to yesterday."""

    def __init__(
        self,
        outlines: Outlines,
        verification: Verification,
        roots: Roots,
        restorations: Callable[[], tuple[Restoration, ...]],
        key_id: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._restorations = restorations
        self._outlines = outlines
        self._verification = verification
        self._roots = roots
        self._key_id = key_id
        self._public_key: bytes | None = None

    def sign_missing_days(self, now: datetime) -> int:
        """Sign every day that is over and has no root yet, as many as one run bears; the next hour goes on.

        Returns:
            how many were signed.
        """
        yesterday = local_date(now - SETTLED_AFTER) - DAY
        before = self._roots.latest()
        day = before.day + DAY if before else yesterday
        signed, until = 0, self._monotonic() + BEGINS_DAYS_FOR.total_seconds()
        while day <= yesterday and signed < AT_ONCE_AT_MOST and self._monotonic() < until:
            root = self._signed(day, before)
            if not self._roots.add(root):
                break
            before, day, signed = root, day + DAY, signed + 1
        if signed:
            telemetry.count("RootsSigned", signed)
        return signed

    def _signed(self, day: date, before: SignedRoot | None) -> SignedRoot:
        verified, verified_at = self._verified(day, before), clock.now()
        leaves = {leaf_of(*head): head for head in verified.sound}
        tree, paths = tree_of(leaves)
        added_before = self._roots.references(day, tree)
        for leaf, head in leaves.items():
            if head.reference not in added_before:
                self._roots.add_path(day, tree, head.reference, Path(version=head.version, path=paths[leaf]))
        for reference, fault in verified.faults.items():
            history = WithheldHistory(reference=reference, fault=fault, found_at=verified_at)
            self._roots.withhold(day, history)
        previous = before.root if before else NOTHING_BEFORE
        restored = tuple(restored_line(each.number, each.to, each.at) for each in self._restored_on(day))
        statement = Statement(day, len(leaves), tree, previous, len(verified.faults), restored)
        signature, public_key = self._signature(statement)
        return SignedRoot(
            day=day,
            count=statement.histories,
            tree=tree,
            previous=statement.previous,
            root=statement.root,
            statement=statement.text,
            signature=base64.b64encode(signature).decode(),
            public_key=base64.b64encode(public_key).decode(),
            withheld=statement.withheld,
            restored=statement.restored,
            verified_at=verified_at,
        )

    def _signature(self, statement: Statement) -> tuple[bytes, bytes]:
        """Return the signature of a statement, and the public key to verify it with."""
        kms = aws.client("kms")
        signature = kms.sign(
            KeyId=self._key_id,
            Message=statement.text.encode(),
            MessageType="RAW",
            SigningAlgorithm="ECDSA_SHA_256",
        )["Signature"]
        if self._public_key is None:
            self._public_key = kms.get_public_key(KeyId=self._key_id)["PublicKey"]
        return signature, self._public_key

    def _verified(self, day: date, before: SignedRoot | None) -> Verified:
        """Verify what changed on a day, and what was withheld from the root before or found to be broken since."""
        days = [day] if before is None else [before.day, day]
        withheld = [history.reference for each in days for history in self._roots.withheld(each)]
        return self._verification.verify(self._latest_hashes(day, before), withheld)

    def _latest_hashes(self, day: date, before: SignedRoot | None) -> list[LatestHash]:
        """Return the latest hashes that changed on a day, and those of the day before that missed its tree.

        The first root of all holds the latest hash of every history.
        """
        if before is None:
            return self._outlines.hashes_until(day)
        hashes = self._outlines.hashes_changed_on(day)
        covered = self._roots.covered(before)
        late = self._outlines.hashes_changed_on(before.day)
        hashes += [head for head in late if (head.reference, head.version) not in covered]
        return hashes + self._put_back(day, {head.reference for head in hashes})

    def _restored_on(self, day: date) -> list[Restoration]:
        return [each for each in self._restorations() if local_date(each.at) == day]

    def _put_back(self, day: date, references: set[str]) -> list[LatestHash]:
        """Return the hashes that are the latest again since the stored data went back on a day.

        A root of the time between held a later entry of theirs, so they may stand in no tree.
        """
        latest: dict[str, LatestHash] = {}
        for restored in self._restored_on(day):
            for changed_on in (local_date(restored.to) - DAY, local_date(restored.to)):
                root = self._roots.get(changed_on)
                covered = self._roots.covered(root) if root else set()
                for head in self._outlines.hashes_changed_on(changed_on):
                    if head.reference not in references and (head.reference, head.version) not in covered:
                        latest[head.reference] = head
        return list(latest.values())
