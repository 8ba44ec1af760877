"""Counts what a receipt proves of a petitioner's message, or takes back; called when it is recorded."""

from __future__ import annotations

from shared.domain.promises.deliveries import DeliveryState
from shared.domain.promises.notices import Audience
from shared.domain.promises.targets import Promise
from shared.platform import telemetry
from shared.tables.deliveries import Proven


def count_proof(proven: Proven, receipt: DeliveryState) -> None:
    """Count a message whose arrival was proven for the first time, or is contradicted from now on.

    Args:
        proven: the delivery before and after its receipt.
        receipt: the state that the receipt proves.
    """
    if proven.after.audience is not Audience.PETITIONER or proven.before.state is proven.after.state:
        return
    if receipt is DeliveryState.DELIVERED or proven.before.state is DeliveryState.DELIVERED:
        telemetry.count_promise(Promise.PROVEN, is_kept=receipt is DeliveryState.DELIVERED)
