"""Writes a PDF anew from its pages: no actions, scripts, files inside, references outwards or metadata.

The file is taken apart by qpdf (through pikepdf, https://pikepdf.readthedocs.io), which reads it as a viewer does, so
nothing hides from it in packed or oddly written objects. What is written is built up, not cut down: new pages that show
what the old ones showed. Numbers of chapters are those of ISO 32000-2.
"""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Name, Object, Page, Pdf

from chalicelib.intake.uploads import pdf_objects
from chalicelib.intake.uploads.errors import RejectedFileError
from chalicelib.intake.uploads.pdf_annotations import take_notes
from shared.domain.petition.values.attachments import Rejection

MOST_PAGES = 2_000
_END = b"%%EOF"
_PADDING = b"\x00\t\n\f\r \x1a"
"""Bytes that may follow the end, any number of them; anything else there is a second file."""
_PAGE_KEYS = frozenset(
    {"/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"}
)


def rewrite_document(content: bytes) -> bytes:
    """Return a PDF with the same pages and nothing else.

    Raises:
        RejectedFileError: it is cut off, locked, too large inside, or what it shows cannot be kept.
    """
    _check_end(content)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as document, Pdf.new() as new:
            if not 0 < len(document.pages) <= MOST_PAGES:
                raise RejectedFileError(Rejection.TOO_LARGE if document.pages else Rejection.DAMAGED)
            _check_shows_itself(document)
            _copy_pages(document, new)
            pdf_objects.clean(new)
            return _saved(new)
    except pikepdf.PasswordError:
        raise RejectedFileError(Rejection.ENCRYPTED) from None
    except pikepdf.PdfError as error:
        is_locked = "encrypt" in str(error) or "security handler" in str(error)
        raise RejectedFileError(Rejection.ENCRYPTED if is_locked else Rejection.DAMAGED) from None
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, OverflowError):
        raise RejectedFileError(Rejection.DAMAGED) from None


def _check_end(content: bytes) -> None:
    end = content.rfind(_END)
    if end < 0 or content[end + len(_END) :].strip(_PADDING):
        raise RejectedFileError(Rejection.DAMAGED)


def _check_shows_itself(document: Pdf) -> None:
    """Refuse what its pages do not show: forms drawn by a script (XFA, K.6) and files with a cover (12.3.5)."""
    root = document.Root
    if root.get(Name.NeedsRendering) == True or Name.Collection in root:  # noqa: E712 - a PDF's own truth value
        raise RejectedFileError(Rejection.ACTIVE_CONTENT)


def _copy_pages(document: Pdf, new: Pdf) -> None:
    """Copy the pages with what they draw: fields as they are filled in, notes and marks as passive annotations."""
    notes = take_notes(document)
    document.flatten_annotations("all")
    for page, passive in zip(document.pages, notes, strict=True):
        _keep_only(page.obj, _PAGE_KEYS)
        if passive:
            page.obj[Name.Annots] = document.make_indirect(pikepdf.Array(passive))
        new.pages.append(Page(page.obj))


def _keep_only(dictionary: Object, keys: frozenset[str]) -> None:
    for key in set(dictionary.keys()) - keys - {"/Parent"}:
        del dictionary[key]


def _saved(new: Pdf) -> bytes:
    out = io.BytesIO()
    new.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
