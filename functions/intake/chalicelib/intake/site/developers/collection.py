"""The operations of the API as a Postman collection (v2.1), which Bruno, Hoppscotch and Insomnia import too.

Made from the OpenAPI document whenever it is asked for, so that no file can fall behind.
https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_VARIABLES = {"petitionPin": "pin", "apiKey": "key"}
"""The variable that holds what each security scheme asks for."""
_KEPT: dict[str, dict[str, str]] = {
    "receivePetition": {"reference": "reference", "pin": "pin"},
    "renewSecrets": {"pin": "pin"},
    "attachFile": {"attachment_id": "attachment.id"},
}
"""The variables that an operation's answer sets for the requests after it, each with its place in the answer."""
_EXAMPLES = {
    "day": "2026-11-03",
    "file": "answers.json",
    "month": "2026-11",
    "field": "CCVC",
    "q": "thi nâng ngạch",
    "lang": "en",
}
"""Values of parameters that have no variable."""


def collection(document: Mapping[str, Any], host: str) -> dict[str, Any]:
    """Return the collection of a document's operations, a folder for each tag; `host` is where it is sent to."""
    folders: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            folders[operation["tags"][0]].append(_item(document, path, method.upper(), operation))
    about = {tag["name"]: tag["description"] for tag in document["tags"]}
    info = document["info"]
    variables = {"host": host, "key": "", "reference": "", "pin": "", "attachment_id": ""}
    return {
        "info": {
            "name": info["title"],
            "description": info["description"],
            "version": info["version"],
            "schema": _SCHEMA,
        },
        "variable": [{"key": name, "value": value} for name, value in variables.items()],
        "item": [{"name": tag, "description": about[tag], "item": items} for tag, items in folders.items()],
    }


def _item(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> dict[str, Any]:
    url = "{{host}}" + path
    query, headers = [], []
    for parameter in operation["parameters"]:
        name, place = parameter["name"], parameter["in"]
        value = _EXAMPLES.get(name, "")
        described = {"key": name, "value": value, "description": parameter["description"], "disabled": True}
        if place == "path":
            url = url.replace(f"{{{name}}}", value or f"{{{{{name}}}}}")
        elif place == "query":
            query.append(described)
        else:
            headers.append(described)
    schemes = document["components"]["securitySchemes"]
    needed = dict.fromkeys(scheme for each in operation["security"] for scheme in each)
    headers += [{"key": schemes[name]["name"], "value": f"{{{{{_VARIABLES[name]}}}}}"} for name in needed]
    request: dict[str, Any] = {
        "method": method,
        "url": {
            "raw": url,
            "host": ["{{host}}"],
            "path": url.removeprefix("{{host}}/").split("/"),
            "query": query,
        },
        "header": headers,
        "description": operation["summary"],
    }
    if body := operation.get("requestBody"):
        ((media, content),) = body["content"].items()
        headers.append({"key": "Content-Type", "value": media})
        shown = json.dumps(content.get("example", {}), ensure_ascii=False, indent=2)
        request["body"] = {"mode": "raw", "raw": shown, "options": {"raw": {"language": "json"}}}
    item: dict[str, Any] = {"name": operation["operationId"], "request": request}
    if variables := _KEPT.get(operation["operationId"]):
        script = [
            f'pm.collectionVariables.set("{name}", pm.response.json().{place});'
            for name, place in variables.items()
        ]
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}]
    return item
