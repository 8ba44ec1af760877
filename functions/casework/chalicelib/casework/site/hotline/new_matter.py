"""The part of the call screen for a new matter: its fields, and the petition that they make."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from chalicelib.casework.hotline.enter_petition import CallInput
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.values.petitioner import PetitionerType
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, in_language

LABELS: dict[str, str] = {
    "content": N_("Nội dung cuộc gọi"),
    "subject": N_("Tiêu đề"),
    "kind": N_("Loại"),
    "field": N_("Lĩnh vực"),
    "type": N_("Người gọi là"),
    "name": N_("Họ và tên"),
    "organisation": N_("Tên doanh nghiệp hoặc tổ chức"),
    "address": N_("Địa chỉ"),
    "phone": N_("Số điện thoại"),
    "email": N_("Email"),
    "reply_by": N_("Trả lời qua"),
}
"""The fields of the form, in its order."""
MAX_FIELD = 20_000
"""Characters of a field that is shown again."""
_LONGEST_CALL = timedelta(hours=4)
_CARRIED = frozenset({*LABELS, "may_publish", "call_id", "call_started_at"})


class CallForm(NamedTuple):
    """The form as it was sent: its fields, and the channels ticked for the answer."""

    fields: Mapping[str, str]
    reply_by: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> CallForm:
        """Return the form in the pairs of a request."""
        pairs = tuple(pairs)
        fields = {name: value[:MAX_FIELD] for name, value in pairs if name in _CARRIED}
        return cls(fields, tuple(value for name, value in pairs if name == "reply_by"))

    @property
    def facts(self) -> dict[str, Any]:
        """The fields as `CallInput` takes them."""
        fields = self.fields
        return {
            "content": fields.get("content", ""),
            "subject": fields.get("subject"),
            "kind": fields.get("kind") or None,
            "field": fields.get("field"),
            "petitioner": {
                "type": fields.get("type", PetitionerType.CITIZEN),
                "name": fields.get("name", ""),
                "address": fields.get("address", ""),
                "phone": fields.get("phone"),
                "email": fields.get("email"),
                "organisation": fields.get("organisation"),
            },
            "reply_by": self.reply_by,
            "may_publish": fields.get("may_publish") == "true",
            "call_id": fields.get("call_id", ""),
            "call_started_at": fields.get("call_started_at") or None,
        }


def without_forgotten_start(call: CallInput) -> CallInput:
    """Return a call without its start where the form lay open for hours before: that is not when somebody called."""
    started_at = call.call_started_at
    if started_at is None or clock.now() - started_at <= _LONGEST_CALL:
        return call
    return call.model_copy(update={"call_started_at": None})


def new_call_id() -> str:
    """Return an id for a call that is entered or served by the pages."""
    return f"desk-{randomness.token_hex(12)}"


def fields_in_force(directory: Directory, language: Language) -> list[tuple[str, str]]:
    """Return the fields of today as (code, name)."""
    fields = directory.fields(local_date(clock.now())).values()
    return [(field.id, in_language(language, field.name, field.name_en)) for field in fields]
