"""The page of the time limits offers every one of them: one that it lacks could never be changed."""

from __future__ import annotations

from chalicelib.casework.site.directory.terms import FIELDS
from shared.domain.calendar.terms import Terms


def test_form_has_a_field_for_every_term():
    fields = {field.name for field in FIELDS}

    assert Terms.model_fields.keys() - fields == {"id"}, "FIELDS of casework/site/directory/terms.py"
    assert fields <= Terms.model_fields.keys()
