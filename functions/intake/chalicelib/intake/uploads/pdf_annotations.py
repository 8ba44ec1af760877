"""The annotations of a PDF's page (ISO 32000-2, 12.5): notes and marks stay, fields are drawn, what acts goes."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream, String

from chalicelib.intake.uploads.errors import RejectedFileError
from chalicelib.intake.uploads.pdf_objects import whole_number
from shared.domain.petition.values.attachments import Rejection

_NOTES = frozenset(
    {
        "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
        "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink",
    }
)  # fmt: skip
"""Subtypes that show something and do nothing."""
_NOTE_KEYS = (
    "/Subtype", "/Rect", "/Contents", "/AP", "/AS", "/F", "/C", "/IC", "/CA", "/BS", "/BE", "/Border", "/QuadPoints",
    "/InkList", "/Vertices", "/L", "/LE", "/DA", "/Q", "/Name", "/RD",
)  # fmt: skip
"""Entries for the look and the words of a note; its author and date are left out."""
_HIGHEST_PARENT = 32
_INVISIBLE = 0b10_0011
"""Flags of an annotation that is not shown: invisible, hidden, no view (12.5.3)."""


def take_notes(document: Pdf) -> list[list[Object]]:
    """Take the notes off all pages, return their copies by page, without anything that acts; leave fields to be drawn.

    Raises:
        RejectedFileError: a field is filled in and not drawn, so that its words would be lost.
    """
    form = document.Root.get(Name.AcroForm)
    is_stale = False
    if isinstance(form, Dictionary) and Name.NeedAppearances in form:
        is_stale = bool(form.NeedAppearances)
        del form.NeedAppearances  # with it qpdf draws no field
    return [_take_notes(document, page, is_stale=is_stale) for page in document.pages]


def _take_notes(document: Pdf, page: Page, *, is_stale: bool) -> list[Object]:
    annotations = [annotation for annotation in _listed(page) if isinstance(annotation, Dictionary)]
    fields = [annotation for annotation in annotations if annotation.get(Name.Subtype) == Name.Widget]
    if any(_words(field) and (is_stale or not _is_drawn(field)) for field in fields):
        raise RejectedFileError(Rejection.ACTIVE_CONTENT)
    notes: list[Object] = [
        document.make_indirect(_passive(a)) for a in annotations if str(a.get(Name.Subtype)) in _NOTES
    ]
    if Name.Annots in page.obj:
        page.obj[Name.Annots] = Array(fields)
    return notes


def _listed(page: Page) -> list[Object]:
    listed = page.obj.get(Name.Annots)
    return list(listed.as_list()) if isinstance(listed, Array) else []


def _passive(annotation: Object) -> Dictionary:
    entries = {key: annotation[key] for key in _NOTE_KEYS if key in annotation}
    return Dictionary({"/Type": Name.Annot, **entries})


def _is_drawn(field: Object) -> bool:
    if whole_number(field, "/F") & _INVISIBLE:
        return True
    appearance = field.get(Name.AP)
    normal = appearance.get(Name.N) if isinstance(appearance, Dictionary) else None
    return isinstance(normal, Stream | Dictionary)


def _words(field: Object) -> str:
    """Return the value of a text or choice field; it may stand at a field above (12.7.4)."""
    above: Object | None = field
    for _step in range(_HIGHEST_PARENT):
        if not isinstance(above, Dictionary):
            break
        if isinstance(value := above.get(Name.V), String):
            return str(value).strip()
        above = above.get(Name.Parent)
    return ""
