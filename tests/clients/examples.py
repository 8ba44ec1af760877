"""Records the examples of both OpenAPI documents from a real run: `make examples`. A test plays the run again.

Of each operation the first request that was taken, its answer, and the first problem of each kind are kept. What is
secret or changes with every run (tokens, signatures, addresses with either) is replaced by a fixed value.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from chalicelib.casework.api.openapi import document as desk_document
from chalicelib.intake.api.openapi import document as petitions_document
from infra.local.emulation.functions import HttpResponse
from tests.support.administration import FIRST, SECOND
from tests.support.files import picture
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer
from tests.support.system import System
from tests.support.target import Target

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    name: ROOT / "functions" / name / "chalicelib" / name / "api" / "examples.json"
    for name in ("intake", "casework")
}
MASKED = {
    "access_token": "eyJraWQiOiJleGFtcGxlIn0.e30.c2lnbmF0dXJl",
    "id_token": "eyJraWQiOiJleGFtcGxlIn0.e30.c2lnbmF0dXJl",
    "refresh_token": "pakn_rt_example.0.0",
    "client_secret": "pakn_ms_example",
    "password": "a long passphrase",
    "policy": "eyJleHBpcmF0aW9uIjoi",
    "x-amz-signature": "0" * 64,
    "x-amz-credential": "EXAMPLE/20261103/ap-southeast-1/s3/aws4_request",
    "x-amz-security-token": "example",
    "incident": "0000",
}
"""Members whose values are fixed."""
LONGEST_LIST = 3
"""Rows that are kept of a list."""
Examples = dict[str, dict[str, dict[str, Any]]]


class Recorder:
    """A system whose HTTP requests to the two APIs are recorded; all else is the system's."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.examples: Examples = {"intake": {}, "casework": {}}
        self._routes = {
            name: [
                (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
                for path, methods in document()["paths"].items()
                for method, operation in methods.items()
            ]
            for name, document in (("intake", petitions_document), ("casework", desk_document))
        }

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def http(self, method: str, path: str, **request: Any) -> HttpResponse:
        """Send a request, and keep it with its answer if it is the first of its kind."""
        answer = self._system.http(method, path, **request)
        api, own = ("casework", path.removeprefix("/desk")) if path.startswith("/desk") else ("intake", path)
        for verb, pattern, operation in self._routes[api]:
            if verb == method and pattern.fullmatch(own.partition("?")[0]):
                self._keep(self.examples[api].setdefault(operation["operationId"], {}), request, answer)
        return answer

    def _keep(self, example: dict[str, Any], request: Mapping[str, Any], answer: HttpResponse) -> None:
        if "json" not in answer.header("content-type"):
            return
        answers = example.setdefault("answers", {})
        if str(answer.status) in answers:
            return
        body = request.get("json")
        if body is None and request.get("body"):
            body = dict(parse_qsl(str(request["body"])))
        if body is not None and answer.status < 300:
            example.setdefault("request", masked(body))
        answers[str(answer.status)] = masked(answer.json())


def masked(value: Any, name: str = "") -> Any:
    """Return facts without what is secret or changes with every run, and of long lists the beginning."""
    if isinstance(value, dict):
        return {key: masked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each, name) for each in value[:LONGEST_LIST]]
    if name in MASKED and value:
        return MASKED[name]
    if isinstance(value, str) and value.startswith("http"):
        address = re.sub(r"https?://[^/]+", "https://pakn.example", value)
        return address.partition("?")[0] if name == "url" else address
    return value


def play(system: System) -> Examples:
    """Play a life of each kind, and return the recorded examples."""
    recorder = Recorder(system)
    driver = cast(Target, recorder)
    citizen = Citizen(driver, may_publish=True)
    citizen.send()
    _of_the_petitioner(driver, citizen)
    _of_officers(driver, citizen)
    _of_what_is_public(driver)
    _of_administrators(driver)
    return recorder.examples


def _of_the_petitioner(driver: Target, citizen: Citizen) -> None:
    pin = {"X-Petition-Pin": citizen.pin}
    path = f"/v1/petitions/{citizen.reference}"
    citizen.add("supplements", content="Tôi thi ở hội đồng thi Hà Nội.")
    citizen.attach(picture())
    citizen.add("contact", email="mua.tran.khac@thu.example")
    driver.http("POST", f"{path}/unlock", json={"contact": CITIZEN["phone"]})
    driver.http("GET", f"{path}/record", headers=pin)
    driver.http("GET", path, headers={"X-Petition-Pin": "00000000"})
    driver.http("POST", "/v1/petitions", json={"content": ""})
    citizen.add("rating", score=5)
    other = Citizen(driver, content=f"{CONTENT} Lần khác.")
    other.send()
    other.add("withdrawal", reason="Đã có kết quả.")
    other.add("withdrawal/undo")
    renewed = other.add("renewal")
    assert renewed.status == 200, renewed.text


def _of_officers(driver: Target, citizen: Citizen) -> None:
    reference = citizen.reference
    session = driver.http(
        "POST", "/desk/v1/session", json={"username": "lan.tiepnhan", "password": "Local-lan.tiepnhan-2026"}
    )
    form = urlencode({"grant_type": "refresh_token", "refresh_token": session.json()["refresh_token"]})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    driver.http("POST", "/desk/v1/token", body=form, headers=headers)
    driver.http("POST", "/desk/v1/session", json={"username": "nobody", "password": "not one"})
    intake, handler = Officer(driver, "lan.tiepnhan"), Officer(driver, "minh.ccvc")
    intake.post("/v1/session/renewal")
    intake.get("/v1/sessions")
    intake.post("/v1/sessions/end-others")
    driver.http("GET", "/desk/v1/petitions")
    intake.get("/v1/petitions")
    handler.do("note", reference, progress="Đang xin ý kiến hội đồng thi.")
    handler.do("accept", reference)
    handler.do("open-seal", reference, reason="Gọi hỏi thêm.")
    handler.try_to("publish", reference, subject="Hỏi", content="Hỏi", answer="Trả lời")
    file = handler.petition(reference)["attachments"][0]["id"]
    handler.post(f"/v1/petitions/{reference}/attachments/{file}")
    handler.attach(reference, picture(), "bang.jpg", "image/jpeg")
    handler.do("draft-answer", reference, text="Kết quả công bố trước 30/11.")
    approver = Officer(driver, "binh.vanphong")
    approver.do("approve", reference)
    approver.do(
        "publish",
        reference,
        subject="Kết quả thi nâng ngạch",
        content="Hỏi về thời hạn công bố kết quả thi nâng ngạch.",
        answer="Kết quả công bố trước 30/11.",
    )
    citizen.add("rating", score=1, comment="Chưa rõ thời hạn.")
    citizen.add("reopening", reason="Câu trả lời chưa nêu thời hạn.")
    operator = Officer(driver, "tong.dai")
    operator.enter_call("call-0001")
    operator.post("/v1/callers", call_id="call-0002", phone=CITIZEN["phone"])
    operator.get("/v1/calls")
    approver.get("/v1/reports/workload")
    approver.get("/v1/reports/timeliness/cases")
    Officer(driver, "kiemtoan").get("/v1/openings")
    handler.post("/v1/session/end")


def _of_what_is_public(driver: Target) -> None:
    for path in (
        "fields",
        "published",
        "published/changes",
        "statistics",
        "roots",
        "open-data/statistics.json",
    ):
        driver.http("GET", f"/v1/{path}")
    driver.http("GET", "/v1/statistics?month=never")
    driver.http("POST", "/v1/published/similar", json={"content": CONTENT})
    driver.http("GET", "/health")


def _of_administrators(driver: Target) -> None:
    first, second = Officer(driver, FIRST), Officer(driver, SECOND)
    account = {
        "valid_from": "2026-11-03",
        "name": "Quy trình Bộ Nội vụ",
        "unit": "VCCVC",
        "roles": ["handler"],
        "scopes": ["petitions:read", "petitions:act"],
        "contact": "van-hanh@bnv.example",
    }
    bearer = first._bearer
    proposed = driver.http(
        "PUT", "/desk/v1/directory/machine/quy-trinh-bnv", json=account, headers=bearer
    ).json()
    first.get("/v1/proposals")
    first.get(f"/v1/proposals/{proposed['id']}")
    first.post(f"/v1/proposals/{proposed['id']}/confirm")
    second.post(f"/v1/proposals/{proposed['id']}/confirm")
    first.get("/v1/directory/machine/quy-trinh-bnv")
    first.post("/v1/machines/quy-trinh-bnv/secrets")
    again = driver.http("PUT", "/desk/v1/directory/machine/kho-du-lieu", json=account, headers=bearer).json()
    first.post(f"/v1/proposals/{again['id']}/withdraw")
    third = driver.http("PUT", "/desk/v1/directory/machine/bao-chi", json=account, headers=bearer).json()
    second.post(f"/v1/proposals/{third['id']}/reject", reason="Chưa có người chịu trách nhiệm.")
    first.get("/v1/in-doubt")
    Officer(driver, "binh.vanphong").get("/v1/contradicted-receipts")


def main() -> int:
    """Write the examples of both documents."""
    system = System()
    system.start()
    try:
        system.reset()
        for name, examples in play(system).items():
            text = json.dumps(examples, ensure_ascii=False, indent=1, sort_keys=True)
            FILES[name].write_text(f"{text}\n", "utf-8")
    finally:
        system.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
