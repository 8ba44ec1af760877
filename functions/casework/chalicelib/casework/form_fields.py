"""The fields of the forms at the desk, as pages render them: forms of actions, of the directory, of texts."""

from __future__ import annotations

from typing import NamedTuple

from shared.web.i18n import N_

FOR_PETITIONER = N_("Người gửi đọc được nội dung này.")
FOR_OFFICERS = N_("Chỉ cán bộ đọc được.")


class FormField(NamedTuple):
    """One field of a form."""

    name: str
    label: str
    """In Vietnamese; the English is in the catalogue."""
    kind: str = "area"
    """`area`, `choice`, `tick`, `ticks`, or the type of an HTML input, such as `text` or `date`."""
    is_optional: bool = False
    source: str = ""
    """The list that a choice is made from."""
    hint: str = ""
    row: str = ""
    """Fields of the same row stand beside each other."""
