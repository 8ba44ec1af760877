"""Answers of the JSON API: a view as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from shared.domain.base_model import BaseModel
from shared.web.answers import json_answer


def view_answer(view: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a view: optional members that have no value are left out, required ones may be null."""
    return json_answer(view.model_dump(mode="json", exclude_defaults=True), status, headers)
