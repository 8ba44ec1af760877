"""The fields of responsibility as Open311's services, and the discovery document."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.values.classification import Kind
from shared.platform import clock
from shared.tables.directory import Directory, Field
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.labels import KINDS

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
"""GeoReport v2's name in a discovery file; an identifier, never fetched."""

CONTACT = N_("Bộ Nội vụ, tổng đài 1900 1547")
KEY_SERVICE = N_("Hỏi Bộ Nội vụ qua tổng đài 1900 1547 để được cấp khóa.")
KIND_QUESTION = N_("Phản ánh, kiến nghị về việc gì?")
PUBLISH_QUESTION = N_("Có đồng ý công khai nội dung và câu trả lời, sau khi bỏ thông tin cá nhân?")
ADDRESS_QUESTION = N_("Địa chỉ của người gửi: số nhà, đường hoặc thôn, xã/phường, tỉnh/thành phố")
YES = N_("Có")
NO = N_("Không")


def discovery(directory: Directory, public_url: str, language: Language, *, is_live: bool) -> dict[str, Any]:
    """Describe the endpoint (Open311 Service Discovery); it changes when a field does."""
    _ = gettext(language)
    changed_on = max(field.valid_from for field in directory.fields(_today()).values())
    changeset = f"{changed_on.isoformat()} 00:00"
    return {
        "changeset": changeset,
        "contact": _(CONTACT),
        "key_service": _(KEY_SERVICE),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{public_url}/open311/v2",
                "changeset": changeset,
                "type": "production" if is_live else "test",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


def service_list(directory: Directory, language: Language) -> list[dict[str, Any]]:
    """List the fields in force today; every one gives its reference at once (`realtime`)."""
    today = _today()
    units = directory.units(today)
    return [
        {
            "service_code": field.id,
            "service_name": service_name(field, language),
            "description": field.example,
            "metadata": True,
            "type": "realtime",
            "keywords": ", ".join(name for name in (field.name, field.name_en) if name),
            "group": units[field.unit].name if field.unit in units else field.forward_to,
        }
        for field in directory.fields(today).values()
    ]


def service_definition(directory: Directory, code: str, language: Language) -> dict[str, Any] | None:
    """Return the questions beside the description, the same for every field; None for an unknown code."""
    if code not in directory.fields(_today()):
        return None
    _ = gettext(language)
    kinds = {kind.value: _(KINDS[kind]) for kind in Kind}
    consent = {"true": _(YES), "false": _(NO)}
    return {
        "service_code": code,
        "attributes": [
            _attribute(1, "address", _(ADDRESS_QUESTION), is_required=True),
            _attribute(2, "kind", _(KIND_QUESTION), kinds),
            _attribute(3, "may_publish", _(PUBLISH_QUESTION), consent),
        ],
    }


def service_name(field: Field, language: Language) -> str:
    """Return a field's name in the reader's language."""
    return in_language(language, field.name, field.name_en)


def _attribute(
    order: int, code: str, question: str, values: dict[str, str] | None = None, *, is_required: bool = False
) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist" if values else "string",
        "required": is_required,
        "datatype_description": None,
        "order": order,
        "description": question,
        "values": [{"key": key, "name": name} for key, name in (values or {}).items()],
    }


def _today() -> date:
    return local_date(clock.now())
