"""Writes a copy of a person's data into the attachments bucket, where the history says by which decision."""

from __future__ import annotations

from shared.domain.errors import PetitionError
from shared.platform import clock
from shared.platform.bucket import AttachmentsBucket
from shared.platform.messages import ExportRequest
from shared.platform.seal import Seal
from shared.tables.deliveries import Deliveries
from shared.tables.petitions import Petitions
from shared.use_cases.personal_data import export_key, personal_data_of


class ExportNotRecordedError(PetitionError):
    """The history of the petition names no such decision: the seal stays closed."""


class PersonExports:
    """Writes copies.

    Args:
        petitions: the petitions table.
        deliveries: what the person was notified of.
        seal: opens who they are.
        bucket: keeps the copy for a week, for a role that only hands copies out.
    """

    def __init__(
        self, petitions: Petitions, deliveries: Deliveries, seal: Seal, bucket: AttachmentsBucket
    ) -> None:
        self._petitions = petitions
        self._deliveries = deliveries
        self._seal = seal
        self._bucket = bucket

    def write(self, request: ExportRequest) -> None:
        """Write the copy; written twice, the later one stands.

        Raises:
            ExportNotRecordedError: nobody recorded it in the history.
        """
        petition = self._petitions.get(request.reference)
        if petition is None or not petition.has_change(request.change_id):
            raise ExportNotRecordedError
        identities = self._seal.open_each(petition.petitioner.seal, petition.reference)
        deliveries, views = self._deliveries.with_views(petition.reference)
        copy = personal_data_of(
            petition, identities, deliveries, views, decision=request.exported_by, at=clock.now()
        )
        key = export_key(request.exported_by, petition.reference)
        self._bucket.write(key, copy.model_dump_json(indent=1).encode(), "application/json")
