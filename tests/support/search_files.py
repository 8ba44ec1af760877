"""The index of published answers as the timer leaves it in the bucket, for tests in which no timer runs."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from chalicelib.intake import composition
from shared.platform.search_files import SearchFiles
from shared.search.documents import for_everybody
from shared.search.index_file import IndexFile
from shared.search.local_copy import PUBLIC, UNTIL
from tests.support.system import System


def build_index(system: System) -> None:
    """Write the file of all answers that are published now."""
    parts = composition.parts()
    references = [item["reference"]["S"] for item in system.items("petitions")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sqlite"
        with closing(IndexFile(path)) as file:
            file.apply(map(for_everybody, parts.petitions.get_all(references)))
            file.set_about(UNTIL, system.clock.now().isoformat())
        SearchFiles(parts.settings.attachments_bucket).store(PUBLIC, path)
