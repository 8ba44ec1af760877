"""Gathers the texts that people read and keeps their English translations: `make messages`.

Each room with a `locale/` folder has a catalogue of its own: shared/web, and every function with pages, which leaves
out what the shared one holds. Vietnamese is what the code says, so a catalogue holds English only. The compiled
catalogues are committed: Lambda needs no tool.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from infra.layout import ROOT

KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "gettext": None, "_n": (1, 1)}
"""The names of the functions that translate; `_n` has one Vietnamese text and two English forms."""
SHARED = ROOT / "shared"
SHARED_LOCALE = SHARED / "web" / "locale"
"""The texts of http.py, the domain and the shared pages go into the catalogue of shared/web."""

_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def rooms() -> Iterator[tuple[Path, Path]]:
    """Yield (folder whose texts are gathered, folder of its catalogue)."""
    yield SHARED, SHARED_LOCALE
    for folder in sorted(ROOT.glob("functions/*/chalicelib/*/locale")):
        yield folder.parent, folder
    yield from (
        (ROOT / "infra" / "local", folder)
        for folder in (ROOT / "infra" / "local" / "locale",)
        if folder.is_dir()
    )


def po_file(locale: Path) -> Path:
    """Return the file of a room's English texts."""
    return locale / "en" / "LC_MESSAGES" / "pakn.po"


def extracted(room: Path) -> Catalog:
    """Return the texts that the code and pages of a room say, less what the shared catalogue holds already."""
    held = set() if room == SHARED else {message.id for message in extracted(SHARED) if message.id}
    catalogue = Catalog(project="pakn", charset="utf-8")
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    messages = extract_from_dir(room, methods, options, keywords=KEYWORDS)
    for _name, _line, message, _comments, context in messages:
        if message not in held:
            catalogue.add(message, context=context)
    return catalogue


def translated(locale: Path) -> Catalog:
    """Return the English texts as they are committed."""
    path = po_file(locale)
    if not path.exists():
        return Catalog(locale="en", project="pakn", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en", domain="pakn")


def tidy(catalogue: Catalog) -> Catalog:
    """Return the same texts under a header that does not change from day to day."""
    neat = Catalog(
        locale="en",
        header_comment="# What citizens and officers read, in English; the code says it in Vietnamese.",
        project="pakn",
        version="1",
        msgid_bugs_address="-",
        creation_date=_NO_DAY,
        revision_date=_NO_DAY,
        last_translator="-",
        language_team="en",
        charset="utf-8",
        fuzzy=False,
    )
    for message in sorted(
        (message for message in catalogue if message.id), key=lambda message: str(message.id)
    ):
        neat.add(message.id, message.string, flags=message.flags)
    return neat


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, tidy(catalogue))
    return buffer.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts that have no English yet, or one that somebody has to look at again."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not all(forms_of(message)))
    ]


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the English forms of a text: one, or those for one and for many."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def main() -> int:
    """Bring every catalogue up to date; say what still has to be translated."""
    missing = 0
    for room, locale in rooms():
        catalogue = translated(locale)
        catalogue.update(extracted(room), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = po_file(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, tidy(catalogue), width=110, no_location=True)
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        for text in untranslated(catalogue):
            missing += 1
            print(f"{path.relative_to(ROOT)}: no English for: {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
