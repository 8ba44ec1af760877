"""The notifier's door: the notices queue, and the providers' receipts under `/receipts`."""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice, Response, SQSEvent

from chalicelib.notifier import composition
from shared import settings
from shared.http import json_answer

app = Chalice(app_name="pakn-notifier")
app.debug = False

NOTICES_QUEUE_ARN = settings.stage_variable(
    "NOTICES_QUEUE_ARN", "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-notices"
)


@app.on_sqs_message(queue_arn=NOTICES_QUEUE_ARN, batch_size=10)
def on_notice(event: SQSEvent) -> dict[str, Any]:
    """Tell somebody what happened to a petition."""
    return composition.handler().handle(event.to_dict()["Records"])


@app.route("/health")
def health() -> Response:
    """Tell that the function answers."""
    return json_answer({"status": "ok"})
