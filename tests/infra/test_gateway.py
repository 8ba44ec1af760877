"""API Gateway hands every address to the function, and says the rest as a page or as a problem document."""

from __future__ import annotations

import gzip
import json

import pytest

from infra import gateway
from shared.web.answers import SECURITY_HEADERS
from shared.web.app import address_of

INTEGRATION = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": "arn:…:${APIHandler.Arn}"}}
THROUGH_THE_ALIAS = {**INTEGRATION, "uri": {"Fn::Sub": "arn:…:${APIHandler.Alias}"}}


def template() -> gateway.Template:
    paths = {"/gui": {"get": {"x-amazon-apigateway-integration": INTEGRATION}}}
    return {"Resources": {"RestAPI": {"Properties": {"DefinitionBody": {"swagger": "2.0", "paths": paths}}}}}


def body() -> gateway.Template:
    behind = gateway.behind_one_resource(template())
    definition: gateway.Template = behind["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    return definition


def test_every_address_and_method_reaches_the_function():
    paths = body()["paths"]

    assert set(paths) == {"/", "/{proxy+}"}
    for methods in paths.values():
        assert set(methods) == {"delete", "get", "head", "options", "patch", "post", "put"}
        assert all(
            method["x-amazon-apigateway-integration"] == THROUGH_THE_ALIAS for method in methods.values()
        )


@pytest.mark.parametrize(
    ("resource", "path", "proxy", "address"),
    [
        pytest.param("/", "/desk", None, "/", id="the root below a prefix of the host"),
        pytest.param(
            "/{proxy+}", "/desk/calls/new", "calls/new", "/calls/new", id="below a prefix of the host"
        ),
        pytest.param("/sms/{proxy+}", "/sms/esms", "esms", "/sms/esms", id="a resource of its own"),
        pytest.param("/{proxy+}", "/gui/", "gui/", "/gui", id="a slash at the end"),
    ],
)
def test_an_address_is_read_from_what_the_gateway_hands_over(
    resource: str, path: str, proxy: str | None, address: str
):
    event = {"resource": resource, "path": path, "pathParameters": {"proxy": proxy} if proxy else None}

    assert address_of(event) == address


def test_answers_are_compressed_before_they_leave():
    behind = gateway.behind_one_resource(template())

    assert behind["Resources"]["RestAPI"]["Properties"]["MinimumCompressionSize"] == 1024
    assert gateway.compressed(b"x" * 1023, "gzip") == ({}, b"x" * 1023)
    headers, packed = gateway.compressed(b"x" * 1024, "gzip, deflate, br")
    assert headers == {"Content-Encoding": "gzip"}
    assert gzip.decompress(packed) == b"x" * 1024


def test_a_function_without_an_api_stays_as_it_is():
    assert gateway.behind_one_resource({"Resources": {}}) == {"Resources": {}}


@pytest.mark.parametrize("kind", gateway.OWN_ANSWERS)
def test_what_it_says_by_itself_has_the_headers_and_both_formats(kind: str):
    response = body()["x-amazon-apigateway-gateway-responses"][kind]

    headers = {
        name.removeprefix("gatewayresponse.header."): value.strip("'")
        for name, value in response["responseParameters"].items()
    }
    problem = json.loads(response["responseTemplates"]["application/json"])
    page = response["responseTemplates"]["text/html"]
    assert SECURITY_HEADERS.items() <= headers.items()
    assert headers.get("Retry-After", "").isdecimal() is (problem["status"] == 429)
    assert not [value for value in headers.values() if "'" in value]
    assert {"type", "title", "status", "detail", "code"} == problem.keys()
    assert problem["title"].split(" / ")[0] in page
    assert "$" not in page
