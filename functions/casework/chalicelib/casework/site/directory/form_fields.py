"""Fields of the administrators' forms, as templates show them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalicelib.casework.form_fields import FormField
from chalicelib.casework.site.frame import FormProblem
from shared.web.i18n import Language, gettext
from shared.web.problems import rule_message


def field_views(fields: Iterable[FormField], language: Language, prefix: str = "") -> list[dict[str, Any]]:
    """Return fields for the template `form_fields.html`.

    Args:
        fields: the form's fields.
        language: the reader's.
        prefix: tells the ids of two forms on one page apart.
    """
    _ = gettext(language)
    return [
        {
            **field._asdict(),
            "id": f"{prefix}{field.name}",
            "label": _(field.label),
            "hint": _(field.hint) if field.hint else "",
        }
        for field in fields
    ]


def form_problems(
    problems: Iterable[tuple[str, str]],
    fields: tuple[FormField, ...],
    language: Language,
    prefix: str = "",
) -> tuple[FormProblem, ...]:
    """Return the problems of a form, one line for each field; what belongs to no field is the first field's.

    Args:
        problems: (field, rule) as in `InvalidInputError`.
        fields: the form's fields.
        language: the reader's.
        prefix: that of `field_views`.
    """
    _ = gettext(language)
    labels = {field.name: field.label for field in fields}
    messages: dict[str, list[str]] = {}
    for place, rule in problems:
        name = place if place in labels else fields[0].name
        messages.setdefault(name, []).append(rule_message(rule, language))
    return tuple(
        FormProblem(f"{prefix}{name}", _(labels[name]), " ".join(dict.fromkeys(lines)))
        for name, lines in messages.items()
    )
