"""The notifier: its trigger is the queue `notices`, its HTTP API takes the providers' receipts under `/receipts`."""

from __future__ import annotations

from typing import Any

from chalice.app import SQSEvent

from chalicelib.notifier import composition, endpoints
from shared.platform import settings
from shared.web.app import WebApp

app = WebApp("pakn-notifier")
app.register_blueprint(endpoints.routes(composition.parts))

LOCAL_QUEUE_ARN = "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-notices"
"""The ARN of the queue while Chalice packages; the merge template replaces it with the platform's."""


@app.on_sqs_message(queue_arn=settings.stage_variable("NOTICES_QUEUE_ARN", LOCAL_QUEUE_ARN), batch_size=10)
def on_notice(event: SQSEvent) -> dict[str, Any]:
    """Deliver notices, digests and replies to SMS."""
    return composition.parts().messages.handle(event.to_dict()["Records"])
