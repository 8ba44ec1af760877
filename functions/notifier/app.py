"""The notifier's door: the notices queue, and the providers' receipts under `/receipts`."""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice, Response, SQSEvent

from chalicelib.notifier import composition
from shared.platform import settings
from shared.web.http import json_answer, requests_of

app = Chalice(app_name="pakn-notifier")
app.debug = False
request = requests_of(app)

NOTICES_QUEUE_ARN = settings.stage_variable(
    "NOTICES_QUEUE_ARN", "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-notices"
)


@app.on_sqs_message(queue_arn=NOTICES_QUEUE_ARN, batch_size=10)
def on_notice(event: SQSEvent) -> dict[str, Any]:
    """Tell somebody what happened to a petition."""
    return composition.handler().handle(event.to_dict()["Records"])


@app.route("/ses", methods=["POST"], content_types=["text/plain", "application/json"])
def ses() -> Response:
    """Take Amazon SES's events, posted by SNS."""
    return _answer(composition.receipts().ses(_body()))


@app.route("/aws", methods=["POST"], content_types=["text/plain", "application/json"])
def aws() -> Response:
    """Take AWS End User Messaging's events, posted by SNS."""
    return _answer(composition.receipts().aws(_body()))


@app.route("/http", methods=["POST"], content_types=["application/json"])
def http() -> Response:
    """Take the generic gateway's events, signed as Standard Webhooks."""
    return _signed("http")


@app.route("/vonage", methods=["POST"], content_types=["application/json"])
def vonage() -> Response:
    """Take Vonage's status callbacks about SMS."""
    return _signed("vonage")


@app.route("/infobip", methods=["POST"], content_types=["application/json"])
def infobip() -> Response:
    """Take Infobip's delivery reports about SMS."""
    return _signed("infobip")


@app.route("/zalo", methods=["POST"], content_types=["application/json"])
def zalo() -> Response:
    """Take what Zalo's official account sees; the arrival of a ZNS message is a receipt."""
    return _signed("zalo")


@app.route("/esms/{token}", methods=["GET"])
def esms(token: str) -> Response:
    """Take eSMS's callback about one SMS."""
    return _answer(composition.receipts().esms(token, dict(request().query_params or {})))


@app.route("/health")
def health() -> Response:
    """Tell that the function answers."""
    return json_answer({"status": "ok"})


def _signed(provider: str) -> Response:
    return _answer(composition.receipts().signed(provider, dict(request().headers), _body()))


def _answer(status: int) -> Response:
    return Response(body="", status_code=status, headers={"Content-Type": "text/plain; charset=utf-8"})


def _body() -> bytes:
    body = request().raw_body
    return body.encode() if isinstance(body, str) else body
