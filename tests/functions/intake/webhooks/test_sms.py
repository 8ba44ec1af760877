"""The answer of the SMS providers' door to a request that cannot be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import pytest
from chalice.app import Chalice
from chalice.test import Client

from chalicelib.intake import composition
from chalicelib.intake.sms.webhook import ProviderUnreachableError
from chalicelib.intake.webhooks import sms
from tests.support.system import System


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_provider_is_asked_to_repeat_what_cannot_be_verified_now(intake: System, method: str) -> None:
    def unreachable() -> NoReturn:
        raise ProviderUnreachableError

    parts = replace(composition.parts(), credentials=unreachable)
    app = Chalice(app_name="webhooks")
    app.register_blueprint(sms.routes(lambda: parts))

    with Client(app) as client:
        answer = client.http.request(method, "/sms/aws")

    assert answer.status_code == 503
    assert answer.body == b"try again later\n"
