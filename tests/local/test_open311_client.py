"""A public Open311 client against the running server, over HTTP: the PyPI package `three`, as it is published.

`three` 0.8.0 is written for Python 2. Nothing of it is subclassed or replaced; what Python 3 took away is put back
(`itertools.ifilter`), and XML, which it reads with functions that are gone, is taken unread (`convert=False`).
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.local.test_server import Client, running_server

PERSON = {
    "first_name": "Thị Mùa",
    "last_name": "Trần",
    "address": "Thôn Hạ, xã Đông Sơn, Thanh Hóa",
    "phone": "0912345678",
    "email": "mua.tran@thu.example",
}
TEXT = "Tôi dự thi nâng ngạch nhưng chưa có kết quả. Đề nghị cho biết thời hạn công bố."


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    with running_server() as client:
        yield client


@pytest.fixture(scope="module")
def three() -> Any:
    """The package, imported as Python 2 would have."""
    itertools.ifilter = filter  # type: ignore[attr-defined]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it writes its patterns without r""
        return import_module("three")


@pytest.fixture
def client(server: Client, three: Any) -> Any:
    return three.Three(f"http://127.0.0.1:{server.port}/open311/v2", api_key="any, on one machine")


def test_it_discovers_the_endpoint(client: Any) -> None:
    (endpoint,) = client.discovery()["endpoints"]

    assert endpoint["specification"].endswith("GeoReport_v2")
    assert endpoint["url"].endswith("/open311/v2")


def test_it_lists_the_services_and_reads_one(client: Any) -> None:
    services = {service["service_code"]: service["service_name"] for service in client.services()}

    assert services["CCVC"] == "Cán bộ, công chức, viên chức"
    assert [attribute["code"] for attribute in client.services("CCVC")["attributes"]] == [
        "address",
        "kind",
        "may_publish",
    ]


def test_it_posts_a_request_and_reads_its_status(client: Any, server: Client) -> None:
    (sent,) = client.post("CCVC", description=TEXT, **PERSON)

    assert client.post_response.status_code == 201
    reference = sent["service_request_id"]
    (request,) = client.request(reference)
    assert (request["status"], request["service_code"]) == ("open", "CCVC")
    assert request["description"] is None
    (promised,) = client.request(reference, extensions="true")[0]["extended_attributes"]["duties"]
    assert (promised["duty"], promised["standing"]) == ("answer", "open")

    pin = sent["service_notice"].split("PIN ")[1][:8]
    status, petition = server.ask("GET", f"/v1/petitions/{reference}", headers={"x-petition-pin": pin})
    assert (status, petition["channel"]) == (200, "WEB")


def test_posting_again_is_the_same_request(client: Any) -> None:
    first, again = (client.post("TL", description=TEXT, **PERSON) for _ in range(2))

    assert first == again
    assert client.post_response.status_code == 200


def test_it_lists_requests_of_a_service_and_a_time(client: Any) -> None:
    assert client.requests("CCVC", between=["11-01-2026", "11-30-2026"]) == []


def test_it_is_answered_with_what_is_wrong(client: Any) -> None:
    (error,) = client.post("NO SUCH", description=TEXT, **PERSON)

    assert error["code"] == 404
    assert error["description"].startswith("service_code")


def test_it_asks_for_xml_as_well(client: Any) -> None:
    client.configure(format="xml")

    root = ET.fromstring(client.services(convert=False))  # noqa: S314 - our own answer

    assert root.tag == "services"
    assert "CCVC" in [code.text for code in root.iter("service_code")]
