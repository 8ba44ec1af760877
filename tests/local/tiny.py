"""Five Chalice apps of a few lines, which do what a test tells them: for tests of the stack itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, DynamoDBEvent, Rate, Response, SQSEvent

from shared.platform import clock, settings
from shared.web.app import WebApp

TYPES = ["application/json", "application/octet-stream", "text/plain"]

Reaction = Callable[[dict[str, Any]], Any]


class Script:
    """Writes down each invocation, and reacts as configured: by handler name, with an answer or an exception."""

    def __init__(self) -> None:
        self.reactions: dict[str, Reaction] = {}
        self.seen: list[tuple[str, str, dict[str, Any]]] = []

    def forget(self) -> None:
        self.reactions.clear()
        self.seen.clear()

    def invoke(self, handler: str, event: dict[str, Any]) -> Any:
        self.seen.append((handler, clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"), event))
        reaction = self.reactions.get(handler)
        return reaction(event) if reaction else None

    def events(self, handler: str) -> list[dict[str, Any]]:
        return [event for name, _, event in self.seen if name == handler]

    def instants(self, handler: str) -> list[str]:
        return [at for name, at, _ in self.seen if name == handler]

    def bodies(self, handler: str) -> list[list[str]]:
        return [[record["body"] for record in event["Records"]] for event in self.events(handler)]

    def apps(self) -> dict[str, Chalice]:
        return {
            "intake": self._intake(),
            "router": self._router(),
            "sla_timer": self._sla_timer(),
            "notifier": self._notifier(),
            "casework": Chalice("tiny-casework"),
        }

    def _intake(self) -> Chalice:
        app = WebApp("tiny-intake")
        app.api.binary_types = ["application/octet-stream"]

        @app.route("/echo/{word}", methods=["GET", "POST"], content_types=TYPES)
        def echo(word: str) -> Response:
            request: Any = app.current_request
            facts = {
                "word": word,
                "query": {name: request.query_params.getlist(name) for name in request.query_params or {}},
                "ip": request.context["identity"]["sourceIp"],
                "body": request.raw_body.hex() if request.raw_body else "",
                "accept": request.headers.get("accept"),
            }
            return Response(
                facts, headers={"Set-Cookie": "seen=yes; Path=/", "Content-Type": "application/json"}
            )

        @app.route("/react", methods=["GET", "POST"])
        def react() -> Any:
            request: Any = app.current_request
            return self.invoke("react", request.to_dict())

        return app

    def _router(self) -> Chalice:
        app = Chalice("tiny-router")

        @app.on_dynamodb_record(
            stream_arn=settings.stage_variable("PETITIONS_STREAM_ARN", ""), batch_size=100
        )
        def on_change(event: DynamoDBEvent) -> Any:
            return self.invoke("on_change", event.to_dict())

        @app.on_sqs_message(queue_arn=settings.stage_variable("ROUTING_QUEUE_ARN", ""), batch_size=10)
        def on_route(event: SQSEvent) -> Any:
            return self.invoke("on_route", event.to_dict())

        return app

    def _sla_timer(self) -> Chalice:
        app = Chalice("tiny-sla-timer")

        @app.schedule(Rate(1, unit=Rate.MINUTES))
        def sweep(event: CloudWatchEvent) -> Any:
            return self.invoke("sweep", event.to_dict())

        @app.schedule(Rate(1, unit=Rate.HOURS))
        def hourly(event: CloudWatchEvent) -> Any:
            return self.invoke("hourly", event.to_dict())

        @app.on_sqs_message(queue_arn=settings.stage_variable("TIMERS_QUEUE_ARN", ""), batch_size=1)
        def on_wake(event: SQSEvent) -> Any:
            return self.invoke("on_wake", event.to_dict())

        return app

    def _notifier(self) -> Chalice:
        app = WebApp("tiny-notifier")

        @app.on_sqs_message(queue_arn=settings.stage_variable("NOTICES_QUEUE_ARN", ""), batch_size=10)
        def on_notice(event: SQSEvent) -> Any:
            return self.invoke("on_notice", event.to_dict())

        @app.route("/esms", methods=["GET"])
        def receipt() -> dict[str, str]:
            request: Any = app.current_request
            return {"path": request.path}

        return app
