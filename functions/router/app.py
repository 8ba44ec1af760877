"""The router's triggers: the petitions' change stream, the queue `routing`, and a schedule for the monthly training."""

from typing import Any

from chalice.app import CloudWatchEvent, Cron, DynamoDBEvent, SQSEvent

from chalicelib.router import composition
from shared.platform import clock, queues, settings
from shared.platform.invocations import Triggered
from shared.platform.messages import RoutingRequest

app = Triggered("pakn-router")

LOCAL_STREAM = (
    "arn:aws:dynamodb:ap-southeast-1:123456789012:table/pakn-local-petitions/stream/2026-01-01T00:00:00.000"
)
"""The ARN of the stream while Chalice packages; the merge template replaces it with the platform's."""


@app.on_dynamodb_record(
    stream_arn=settings.stage_variable("PETITIONS_STREAM_ARN", LOCAL_STREAM),
    batch_size=100,
    name="on_change",
)
def on_change(event: DynamoDBEvent) -> dict[str, Any]:
    """Relay changes of petitions to the queues."""
    return composition.parts().relay.relay(event.to_dict())


@app.on_sqs_message(queue_arn=settings.queue_arn("routing"), batch_size=10, name="on_route")
def on_route(event: SQSEvent) -> dict[str, Any]:
    """Route petitions to the responsible units, and let merged petitions follow their parents."""
    return queues.each_message(event.to_dict(), RoutingRequest, composition.parts().tasks.run)


@app.schedule(Cron(30, 18, "*", "*", "?", "*"), name="learn")
def learn(event: CloudWatchEvent) -> None:
    """Let the models learn from the last month's decisions, where that is not done: each night at 01:30 in Vietnam."""
    composition.parts().learning.run_if_due(clock.now())
