"""Hears every AWS call that the functions make, says which permission it needs, and which test made it.

The calls come from botocore's own events, as the gate for faults hears them; links and forms that are signed for a
browser count too, because the bucket asks later what their signer may do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from functools import wraps
from typing import Any

import botocore.session

from infra.layout import FUNCTIONS
from tests.infra.permissions.needs import Need, missing_object, needs_of

NOT_FOUND = 404
HTTP = "api_handler"
"""The name in `.chalice/config.json` of the Lambda behind a function's doors."""


class Recorder:
    """The needs of the functions of one running system so far.

    Args:
        where: names the trigger or door at work, e.g. `router.on_change`; "" while none is.
        cold: lets the functions forget what they have in memory, as new Lambda processes have nothing.
    """

    def __init__(self, where: Callable[[], str], cold: Callable[[], None]) -> None:
        self._where = where
        self._cold = cold
        self._latest = ""
        self.is_cold = False
        """Is each Lambda to start cold where another one worked before? in one process they share their memory."""
        self.ids: Mapping[str, str] = {}
        """The template's name of each key and pool, by the id that it has here."""
        self.heard: set[Need] = set()
        """The needs since `begin`."""
        self.before: set[Need] = set()
        """The needs before `begin`, of fixtures."""

    def install(self, session: botocore.session.Session) -> None:
        """Listen to every client that this session will make."""
        events: Any = session
        events.register("before-parameter-build", self._hear)
        events.register("after-call.s3.HeadObject", self._hear_of_missing)
        events.get_component("event_emitter").register_last("creating-client-class.s3", self._hear_forms)

    def begin(self, *, cold: bool) -> None:
        """Hear a test from here on."""
        self.before, self.heard = self.before | self.heard, set()
        self.is_cold, self._latest = cold, ""

    def end(self) -> tuple[AbstractSet[Need], AbstractSet[Need]]:
        """Return the needs of the test and those of its fixtures; know of neither any more."""
        heard, before = self.heard, self.before
        self.heard, self.before, self.is_cold = set(), set(), False
        return heard, before

    def before_invocation(self, name: str) -> None:
        """Let a Lambda start cold, if another one worked before."""
        if self.is_cold and name != self._latest:
            self._cold()
        self._latest = name

    # ------------------------------------------------------------ botocore's events

    def _hear(self, params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["heard_params"] = params
        is_signed = model.auth_type != "none"
        is_form = (
            model.name == "CreateBucket"
        )  # how botocore begins to sign a form; `_hear_forms` hears it whole
        if (who := self._who()) and is_signed and not is_form:
            self._note(who, model.service_model.service_name, model.name, params)

    def _hear_of_missing(self, http_response: Any, context: Mapping[str, Any], **_: Any) -> None:
        if (who := self._who()) and http_response.status_code == NOT_FOUND:
            self.heard.add(Need(who, *missing_object(context["heard_params"])))

    def _hear_forms(self, class_attributes: dict[str, Any], **_: Any) -> None:
        sign = class_attributes["generate_presigned_post"]

        @wraps(sign)
        def heard(client: Any, bucket: str, key: str, *rest: Any, **options: Any) -> Any:
            if who := self._who():
                self._note(who, "s3", "PutObject", {"Bucket": bucket, "Key": key})
            return sign(client, bucket, key, *rest, **options)

        class_attributes["generate_presigned_post"] = heard

    def _note(self, who: str, service: str, operation: str, params: Mapping[str, Any]) -> None:
        self.heard.update(needs_of(who, service, operation, params, self.ids))

    def _who(self) -> str:
        function, _, handler = self._where().partition(".")
        if function not in FUNCTIONS:
            return ""
        return f"{function}/{HTTP if handler == 'http' else handler}"
