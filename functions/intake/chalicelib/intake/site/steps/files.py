"""The files of the first step: what has arrived of them, and what that means for the step and for the last one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from chalicelib.intake.composition import Parts
from chalicelib.intake.site.files import upload_words
from chalicelib.intake.site.steps.passes import Holder
from chalicelib.intake.unsent.files import Arrived, UnsentFileState, files_in
from chalicelib.intake.unsent.steps import Problem
from chalicelib.intake.unsent.unsent_petitions import UnsentPetition
from shared.web.i18n import Language, counted, gettext
from shared.web.labels import REJECTIONS
from shared.web.rendering import file_size


class FileRow(NamedTuple):
    """One row of the list."""

    id: str
    name: str
    state: str
    text: str
    is_picture: bool


def arrived(parts: Parts, unsent: UnsentPetition) -> tuple[Arrived, ...]:
    """Look up the files of an unsent petition in the bucket."""
    return parts.unsent_files.arrived(files_in(unsent.fields))


def forget(parts: Parts, holder: Holder, unsent: UnsentPetition) -> None:
    """Delete what is kept under a pass: fields first, then files; what a crash leaves, the bucket's rule deletes."""
    parts.unsent.forget(holder.unsent_pass)
    parts.unsent_files.remove(files_in(unsent.fields))


def problems_of_files(files: Iterable[Arrived]) -> list[Problem]:
    """Return the problems of the files: nothing is sent without one that its sender believes to be there."""
    states = {each.state for each in files}
    if UnsentFileState.MISSING in states:
        return [("files", "missing")]
    return [("files", "refused")] if UnsentFileState.REFUSED in states else []


def shown(parts: Parts, files: Iterable[Arrived], language: Language) -> dict[str, Any]:
    """Return the facts of the first step's page about files."""
    return {
        "files": [row_of(each, language) for each in files],
        "limits": parts.unsent_files.limits,
        **upload_words(language),
    }


def row_of(arrived: Arrived, language: Language) -> FileRow:
    """Return the row of a file."""
    _ = gettext(language)
    texts = {
        UnsentFileState.READY: _("Đã tải lên, %(size)s") % {"size": file_size(arrived.size, language)},
        UnsentFileState.CHECKING: _("Đã tải lên, đang kiểm tra"),
        UnsentFileState.MISSING: _("Chưa tải lên hết. Chọn lại tệp này, hoặc bấm “Bỏ”."),
    }
    text = _(REJECTIONS[arrived.rejection]) if arrived.rejection else texts[arrived.state]
    return FileRow(arrived.file.id, arrived.file.filename, arrived.state, text, arrived.is_picture)


def counts_of(files: Iterable[Arrived], language: Language) -> str:
    """Return how many pictures and papers are sent along: 3 ảnh, 1 giấy tờ; "" where there are none."""
    _n = counted(language)
    sent = [each for each in files if each.state in (UnsentFileState.READY, UnsentFileState.CHECKING)]
    pictures = sum(each.is_picture for each in sent)
    papers = len(sent) - pictures
    counts = [
        _n("%(count)s ảnh", pictures) % {"count": pictures} if pictures else "",
        _n("%(count)s giấy tờ", papers) % {"count": papers} if papers else "",
    ]
    return ", ".join(filter(None, counts))
