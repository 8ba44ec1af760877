"""A wrong value in a form of the directory is reported beside its field, in both languages, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.desk_pages import Browser
from tests.support.system import System

TODAY = "2026-11-03"


@pytest.fixture(scope="module")
def admin(running_system: System) -> Browser:
    """The administrator's browser; nothing in this module changes anything."""
    running_system.reset()
    return Browser(running_system, "quantri")


BAD: list[Any] = [
    pytest.param("unit", {"id": "", "name": "X"}, "add-id", id="no code"),
    pytest.param("unit", {"id": "vụ/1", "name": "X"}, "add-id", id="code with other signs"),
    pytest.param("unit", {"id": "VCCVC", "name": "X"}, "add-id", id="code that is there"),
    pytest.param("unit", {"id": "MOI", "name": ""}, "add-name", id="no name"),
    pytest.param("unit", {"id": "MOI", "name": "X", "rung": "-1"}, "add-rung", id="rung below none"),
    pytest.param("unit", {"id": "MOI", "name": "X", "parent": "KHONG"}, "add-parent", id="unknown superior"),
    pytest.param("unit", {"id": "MOI", "name": "X", "short_name": "x" * 21}, "add-short_name", id="long short name"),
    pytest.param("unit", {"id": "MOI", "name": "X", "valid_from": "mai"}, "add-valid_from", id="no day"),
    pytest.param("field", {"id": "MOI", "name": "X"}, "add-unit", id="field of nobody"),
    pytest.param("field", {"id": "MOI", "name": "X", "unit": "VPB", "forward_to": "Bộ khác"}, "add-unit", id="of two"),
    pytest.param("officer", {"id": "a.b", "name": "X", "email": "không", "unit": "VPB"}, "add-email", id="no e-mail"),
    pytest.param("officer", {"id": "a.b", "name": "X", "email": "a@b.example"}, "add-unit", id="officer of no unit"),
    pytest.param(
        "officer", {"id": "a.b", "name": "X", "email": "a@b.example", "unit": "VPB", "roles": "vua"}, "add-roles",
        id="role that is none",
    ),
    pytest.param("answer-template", {"name": "X", "text": ""}, "add-text", id="template without text"),
    pytest.param("body", {"name": ""}, "add-name", id="body without name"),
    pytest.param("body", {"name": "Bộ Y tế", "email": "byt"}, "add-email", id="body with no e-mail address"),
    pytest.param("answer-template", {"name": "", "text": "X"}, "add-name", id="template without name"),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(("kind", "typed", "place"), BAD)
def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_is_kept(
    running_system: System, admin: Browser, kind: str, typed: dict[str, str], place: str, lang: str
):
    before = running_system.items("directory")

    answer = admin.post(f"/desk/directory/{kind}?lang={lang}", {"valid_from": TODAY, **typed})

    assert answer.status == 422
    assert f'id="{place}-error"' in answer.text
    assert f'<a href="#{place}">' in answer.text
    assert all(f'value="{value}"' in answer.text for name, value in typed.items() if name == "name" and value)
    assert running_system.items("directory") == before


@pytest.mark.parametrize(
    "path", ["/desk/directory/terms", "/desk/directory/unit/KHONG", "/desk/directory/unit/*"]
)
def test_what_is_not_kept_here_is_not_found(admin: Browser, path: str):
    assert admin.get(path).status == 404
    assert admin.post(path, {}).status == 404
