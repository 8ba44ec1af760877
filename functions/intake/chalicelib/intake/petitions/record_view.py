"""Evidence that a petitioner was notified: proven deliveries, and the view of the petition that happens right now.

A view counts only with the PIN: a link in an e-mail is also opened by machines that examine mail.
"""

from __future__ import annotations

from datetime import datetime

from shared.domain.identity.identifier_keys import Keyring
from shared.domain.petition.petition import Petition
from shared.domain.procedures.pin_requests import is_pin
from shared.domain.promises.evidence import Evidence
from shared.tables.deliveries import Deliveries
from shared.use_cases.evidence import Seen, evidence_in


class PetitionViews:
    """Records that a petitioner viewed their petition with its PIN."""

    def __init__(self, deliveries: Deliveries, keyring: Keyring, *, acceptance_counts: bool) -> None:
        self._deliveries = deliveries
        self._keyring = keyring
        self._acceptance_counts = acceptance_counts

    def evidence(self, petition: Petition, secret: str, now: datetime) -> Evidence:
        """Return the evidence that the petitioner was notified; with the PIN, this very view is part of it.

        One query; a write only for the first view of each version of the petition.
        """
        rows, seen = self._deliveries.with_views(petition.reference)
        views = [Seen(version, at) for version, at in seen]
        is_new = all(view.version < petition.version for view in views)
        if is_new and is_pin(self._keyring, petition, petition.reference, secret):
            self._deliveries.record_view(petition.reference, petition.version, now)
            views.append(Seen(petition.version, now))
        return evidence_in(rows, views, self._deliveries.of_name, acceptance_counts=self._acceptance_counts)
