"""The notifier: its triggers are the queues `notices` and `receipts`, its HTTP API takes receipts under `/receipts`."""

from __future__ import annotations

from typing import Any

from chalice.app import SQSEvent

from chalicelib.notifier import composition, endpoints
from shared.platform import queues, settings
from shared.platform.messages import TopicNotification
from shared.web.app import WebApp

app = WebApp("pakn-notifier")
app.register_blueprint(endpoints.routes(composition.parts))

LOCAL = "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-{}"
"""The ARN of a queue while Chalice packages; the merge template replaces it with the platform's."""


@app.on_sqs_message(
    queue_arn=settings.stage_variable("NOTICES_QUEUE_ARN", LOCAL.format("notices")), batch_size=10
)
def on_notice(event: SQSEvent) -> dict[str, Any]:
    """Deliver notices, digests and replies to SMS."""
    return composition.parts().messages.handle(event.to_dict()["Records"])


@app.on_sqs_message(
    queue_arn=settings.stage_variable("RECEIPTS_QUEUE_ARN", LOCAL.format("receipts")), batch_size=10
)
def on_receipt(event: SQSEvent) -> dict[str, Any]:
    """Record the receipts that SNS put on the queue."""
    return queues.each_message(event.to_dict(), TopicNotification, composition.parts().queued_receipts.record)
