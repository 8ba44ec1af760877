"""Answers the requests to `/receipts/<provider>`: genuine receipts are recorded before they are acknowledged."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from chalicelib.notifier.receipts.receipt import (
    Reading,
    ReceiptReader,
    ReceiptRefusedError,
    ReceiptRequest,
    ReceiptUnverifiableError,
    UnknownStatusError,
)
from chalicelib.notifier.receipts.record_receipt import ReceiptRecorder
from shared.platform import telemetry


class ReceiptEndpoint:
    """The receipts of all providers; whatever is wrong with a request, one that is refused looks like any other."""

    def __init__(self, recorder: ReceiptRecorder, readers: Mapping[str, ReceiptReader]) -> None:
        """Take what records receipts, and the reader of each provider by its name."""
        self._recorder = recorder
        self._readers = readers

    def answer(self, provider: str, request: ReceiptRequest) -> HTTPStatus:
        """Record the receipts of a request, each by itself.

        Returns:
            200; 403 for what is not genuine or about nothing of ours; 422 for an undocumented status; 503 when nobody
            can tell now. Of several receipts in one request the worst one decides.
        """
        try:
            readings = self._readers[provider].read(request)
        except ReceiptRefusedError as error:
            return _refuse(provider, error.rule)
        except ReceiptUnverifiableError:
            telemetry.count("ReceiptUnverifiable", by={"provider": provider})
            return HTTPStatus.SERVICE_UNAVAILABLE
        return max((self._record(provider, reading) for reading in readings), default=HTTPStatus.OK)

    def _record(self, provider: str, read: Reading) -> HTTPStatus:
        try:
            receipt = read()
        except ReceiptRefusedError as error:
            return _refuse(provider, error.rule)
        except UnknownStatusError:
            telemetry.count("ReceiptStatusUnknown", provider=provider)
            telemetry.logger().error("receipt with an undocumented status", provider=provider)
            return HTTPStatus.UNPROCESSABLE_ENTITY
        if receipt is not None:
            self._recorder.record(receipt)
        return HTTPStatus.OK


def _refuse(provider: str, rule: str) -> HTTPStatus:
    telemetry.count("ReceiptRefused", by={"provider": provider})
    telemetry.count("ReceiptRefusedBy", provider=provider, rule=rule)
    return HTTPStatus.FORBIDDEN
