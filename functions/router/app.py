"""The router's triggers: the change stream of the petitions table, and the queue `routing`."""

from typing import Any

from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from chalicelib.router import composition
from shared.platform import queues, settings
from shared.platform.messages import RoutingRequest

app = Chalice(app_name="pakn-router")

LOCAL = "arn:aws:{}:ap-southeast-1:123456789012:{}"
"""The ARN of a trigger while Chalice packages; the merge template replaces it with the platform's."""


@app.on_dynamodb_record(
    stream_arn=settings.stage_variable(
        "PETITIONS_STREAM_ARN",
        LOCAL.format("dynamodb", "table/pakn-local-petitions/stream/2026-01-01T00:00:00.000"),
    ),
    batch_size=100,
    name="on_change",
)
def on_change(event: DynamoDBEvent) -> dict[str, Any]:
    """Relay changes of petitions to the queues."""
    return composition.parts().relay.relay(event.to_dict())


@app.on_sqs_message(
    queue_arn=settings.stage_variable("ROUTING_QUEUE_ARN", LOCAL.format("sqs", "pakn-local-routing")),
    batch_size=10,
    name="on_route",
)
def on_route(event: SQSEvent) -> dict[str, Any]:
    """Route petitions to the responsible units, and let merged petitions follow their parents."""
    return queues.each_message(event.to_dict(), RoutingRequest, composition.parts().tasks.run)
