"""Intake: the citizens' site, its APIs, the webhooks of 8088 and 1900 1547, and the check of uploads."""

from __future__ import annotations

from chalice.app import SQSEvent

from chalicelib.intake.api import openapi
from chalicelib.intake.composition import PAGES, RARE, SERVICES, forget, parts, upload_check
from chalicelib.intake.hotline.connect import answer_call
from chalicelib.intake.open311 import endpoints
from chalicelib.intake.route_modules import MODULES
from chalicelib.intake.site import error_pages
from chalicelib.intake.site.developers import pages as developers
from shared.platform import clock, queues, settings, snapshots
from shared.platform.messages import BucketEvent, PartsRequest
from shared.web.app import WebApp

app = WebApp("pakn-intake", error_pages.answer_error, {endpoints.BEGINNING: endpoints.answer_error})
for module in MODULES:
    app.register_blueprint(module.routes(parts))
app.register_blueprint(developers.routes(parts, openapi.document))
snapshots.prepare(SERVICES, RARE, (PAGES.compile, app.answer_first), forget)


@app.on_sqs_message(queue_arn=settings.queue_arn("parts"), batch_size=10, name="on_parts")
def on_parts(event: SQSEvent) -> queues.BatchAnswer:
    """Take long SMS whose missing parts have been waited for long enough."""
    return queues.each_message(event.to_dict(), PartsRequest, parts().sms.take_parts)


@app.on_sqs_message(queue_arn=settings.queue_arn("uploads"), batch_size=1, name="on_upload")
def on_upload(event: SQSEvent) -> queues.BatchAnswer:
    """Check files that were uploaded into the quarantine."""
    return queues.each_message(event.to_dict(), BucketEvent, upload_check().check_event)


@app.lambda_function(name="connect")
def connect(event: dict[str, object], _context: object) -> dict[str, str]:
    """Tell a caller the status of a petition, through the hotline's flow in Amazon Connect."""
    return answer_call(event, parts().finder, parts().directory, clock.now())
