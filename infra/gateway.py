"""API Gateway before a function: one resource for every address and method, and the answers that it gives by itself.

Chalice writes a resource for each route, and API Gateway answers whatever has none with 403 "Missing Authentication
Token". Behind a proxy resource the function answers everything (`shared.web.app`), so that a mistyped address gets a
page in the caller's language. What API Gateway still says without asking the function (too large, too many, no answer
in time) it says as a page to browsers and as a problem document to programs, with the headers of every answer. It also
compresses what the functions say, so that none of them has to (docs/adr/0071-one-design-for-the-site.md).
"""

from __future__ import annotations

import gzip
import html
import json
from typing import Any, NamedTuple

from shared.web.answers import SECURITY_HEADERS
from shared.web.app import PROXY

Template = dict[str, Any]

COMPRESSED_FROM_BYTES = 1024
"""Bytes of an answer from which API Gateway compresses it: less fits one packet anyway."""
_GZIP_LEVEL = 6


class OwnAnswer(NamedTuple):
    """An answer of API Gateway's own: its status, its code, and what it says, in Vietnamese and in English."""

    status: int
    code: str
    title: str
    detail: str
    title_en: str
    detail_en: str


_HEADERS = {**SECURITY_HEADERS, "Content-Security-Policy": "sandbox", "X-Frame-Options": "DENY"}
"""Headers of these answers: API Gateway takes no value with quotes, so one word forbids scripts and forms."""
WEBHOOKS = ("/sms/", "/hotline/")
"""Beginnings of addresses with throttles of their own (`MethodSettings` of the function's merge template)."""
RETRY_AFTER = {"THROTTLED": {"Retry-After": "5"}}
"""Headers that say when to come again: a throttle of API Gateway fills up again within seconds."""
METHODS = ("delete", "get", "head", "options", "patch", "post", "put")
"""All methods by name; the emulator of a rehearsal does not know API Gateway's own word for any of them."""
_LATER = "Hãy đợi ít phút rồi thử lại. Vẫn không được, xin gọi 1900 1547."
_LATER_EN = "Please wait a few minutes and try again. If it still fails, call 1900 1547."
OWN_ANSWERS = {
    "DEFAULT_4XX": OwnAnswer(
        400,
        "refused",
        "Yêu cầu không được chấp nhận",
        "Hãy mở lại trang từ đầu rồi thử lại, hoặc gọi 1900 1547.",
        "The request was not accepted",
        "Please open the page anew and try again, or call 1900 1547.",
    ),
    "DEFAULT_5XX": OwnAnswer(
        502, "unavailable", "Hệ thống đang gián đoạn", _LATER, "The system is not available", _LATER_EN
    ),
    "INTEGRATION_TIMEOUT": OwnAnswer(
        504, "timeout", "Hệ thống trả lời quá chậm", _LATER, "The system took too long", _LATER_EN
    ),
    "REQUEST_TOO_LARGE": OwnAnswer(
        413,
        "too-large",
        "Nội dung gửi lên quá lớn",
        "Hãy rút ngắn nội dung. Ảnh và giấy tờ được gửi riêng, sau khi có mã số.",
        "What was sent is too large",
        "Please shorten the text. Pictures and papers are sent separately, once you have a reference.",
    ),
    "THROTTLED": OwnAnswer(
        429, "too-many-requests", "Quá nhiều yêu cầu", _LATER, "Too many requests", _LATER_EN
    ),
    "WAF_FILTERED": OwnAnswer(
        403,
        "filtered",
        "Yêu cầu bị chặn",
        "Mạng Internet đang dùng gửi quá nhiều yêu cầu. Hãy đợi ít phút rồi thử lại, hoặc gọi 1900 1547.",
        "The request was blocked",
        "Too many requests come from your network. Please wait a few minutes and try again, or call 1900 1547.",
    ),
}
"""The answers that API Gateway gives by itself, by the name that it gives the cause."""


def behind_one_resource(template: Template) -> Template:
    """Return a function's SAM template with one resource for all addresses, compression, and API Gateway's own answers.

    Webhooks are a resource of their own, with the same function behind it: throttles belong to resources.
    """
    api = template["Resources"].get("RestAPI")
    if api is None:
        return template
    api["Properties"]["MinimumCompressionSize"] = COMPRESSED_FROM_BYTES
    body = api["Properties"]["DefinitionBody"]
    routed = next(iter(next(iter(body["paths"].values())).values()))
    to_the_function = {
        "responses": {},
        "x-amazon-apigateway-integration": _through_the_alias(routed["x-amazon-apigateway-integration"]),
    }
    with_address = to_the_function | {
        "parameters": [{"name": "proxy", "in": "path", "required": True, "type": "string"}]
    }
    webhooks = [prefix for prefix in WEBHOOKS if any(path.startswith(prefix) for path in body["paths"])]
    body["paths"] = {
        "/": dict.fromkeys(METHODS, to_the_function),
        PROXY: dict.fromkeys(METHODS, with_address),
        **{f"{prefix}{{proxy+}}": dict.fromkeys(METHODS, with_address) for prefix in webhooks},
    }
    body["x-amazon-apigateway-gateway-responses"] = {
        kind: _gateway_response(kind, answer) for kind, answer in OWN_ANSWERS.items()
    }
    return template


def _through_the_alias(integration: dict[str, Any]) -> dict[str, Any]:
    """Return Chalice's integration, with the function's alias called instead of whatever was deployed last."""
    uri = integration["uri"]["Fn::Sub"].replace("${APIHandler.Arn}", "${APIHandler.Alias}")
    return {**integration, "uri": {"Fn::Sub": uri}}


def compressed(body: bytes, accept_encoding: str) -> tuple[dict[str, str], bytes]:
    """Compress an answer as API Gateway does, for the local stack: return the headers to add, and the body.

    Source: docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
    """
    codings = [part.partition(";") for part in accept_encoding.replace(" ", "").lower().split(",")]
    takes_gzip = any(name in {"gzip", "*"} and weight not in {"q=0", "q=0.0"} for name, _, weight in codings)
    if len(body) < COMPRESSED_FROM_BYTES or not takes_gzip:
        return {}, body
    return {"Content-Encoding": "gzip"}, gzip.compress(body, _GZIP_LEVEL, mtime=0)


def own_answer(kind: str, accept: str) -> tuple[int, dict[str, str], str]:
    """Return an answer of API Gateway's own, for the local stack: status, headers, body."""
    answer = OWN_ANSWERS[kind]
    is_page = "text/html" in accept
    content_type = "text/html" if is_page else "application/json"
    headers = {"Content-Type": f"{content_type}; charset=utf-8", **_headers_of(kind)}
    return answer.status, headers, _page(answer) if is_page else _problem(answer)


def _headers_of(kind: str) -> dict[str, str]:
    return {**_HEADERS, **RETRY_AFTER.get(kind, {})}


def _gateway_response(kind: str, answer: OwnAnswer) -> dict[str, Any]:
    headers = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in _headers_of(kind).items()}
    status = {} if kind.startswith("DEFAULT_") else {"statusCode": answer.status}
    return {
        **status,
        "responseParameters": headers,
        "responseTemplates": {"application/json": _problem(answer), "text/html": _page(answer)},
    }


def _problem(answer: OwnAnswer) -> str:
    return json.dumps(
        {
            "type": f"/problems/{answer.code}",
            "title": f"{answer.title} / {answer.title_en}",
            "status": answer.status,
            "detail": f"{answer.detail} / {answer.detail_en}",
            "code": answer.code,
        },
        ensure_ascii=False,
    )


def _page(answer: OwnAnswer) -> str:
    title, detail, title_en, detail_en = map(html.escape, answer[2:])
    return (
        '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="stylesheet" href="/assets/site.css"></head>'
        f'<body><main id="main"><h1>{title}</h1><p>{detail}</p>'
        f'<div lang="en"><h2>{title_en}</h2><p>{detail_en}</p></div>'
        '<p><a href="/">Trang chủ / <span lang="en">Home</span></a></p></main></body></html>'
    )
