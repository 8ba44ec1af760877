"""The addresses of a petition's pages: each carries a pass that ends soon, never a PIN (ADR 0073)."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.intake.petitions.passes import Passes, Purpose
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.i18n import Language
from shared.web.rendering import link

RECEIPT = "/gui/bien-nhan"
PICTURE = "/gui/bien-nhan/anh"
DOCUMENT = "/gui/bien-nhan/pdf"
CALENDAR = "/gui/bien-nhan/lich"
PAGE = "/tra-cuu/ho-so"
MINE = "/ho-so-cua-toi"
"""The list of a contact's petitions; each stands below it, for as long as the session lasts."""

RECEIPT_HOLDS_FOR = timedelta(minutes=30)
"""Time after the receipt of a petition for which the receipt's address shows it, PIN and all."""
PAGE_HOLDS_FOR = timedelta(hours=2)
"""Time for which the address of a petition's page opens it; each change on the page begins it anew."""
NEW_PIN_HOLDS_FOR = timedelta(minutes=10)
"""Time for which the page shows a PIN that was just renewed."""


def receipt_address(passes: Passes, petition: Petition, language: Language, path: str = RECEIPT) -> str:
    """Return the address of a petition's receipt, or of what belongs to it; it ends however often it is issued."""
    issued = passes.issue(Purpose.RECEIPT, petition, petition.stored_at + RECEIPT_HOLDS_FOR)
    return link(f"{path}?p={issued}", language)


def page_address(
    passes: Passes,
    petition: Petition,
    language: Language,
    purpose: Purpose = Purpose.PAGE,
    done: str = "",
) -> str:
    """Return an address that opens a petition's page without typing, for a while.

    Args:
        passes: issues the pass.
        petition: whose page.
        language: of the page.
        purpose: the proof that its reader showed.
        done: the change that was just made, by its address; the page names it.
    """
    holds_for = NEW_PIN_HOLDS_FOR if purpose is Purpose.NEW_PIN else PAGE_HOLDS_FOR
    issued = passes.issue(purpose, petition, clock.now() + holds_for)
    notice = f"&xong={done}" if done else ""
    return link(f"{PAGE}?p={issued}{notice}", language)
