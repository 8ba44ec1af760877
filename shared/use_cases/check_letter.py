"""Letters to petitioners: what an officer writes leaves without gaps, and under nobody else's name.

`ActionInput.letter` says which texts an action sends; `ActionService` checks them before it changes anything, whoever
asked, by page or by program. So a draft with a gap is neither handed in nor approved, also one from before this check.

The petitioner's name is sealed, and a comparison would confirm a guessed one. So a name is compared only for an officer
who opened the seal of this petition, which its history says, or whose draft was compared when it was handed in. For
everybody else each name is refused alike, the right one too. While nobody may open the seal, no name is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shared.domain.errors import Place, UnfinishedTextError
from shared.domain.petition.change import is_petitioner
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.work import LOOK_UP
from shared.domain.procedures.addressee import addressed_names, is_name_of, is_named_in
from shared.domain.procedures.unfinished_text import Gap, GapKind, gaps, gaps_of_number, placeholders_in
from shared.platform.seal import Seal
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

ANSWER_TEMPLATES = "answer-template"
"""The kind of the directory's rows that hold texts with which an answer may begin."""
OF_ONE_OF_MANY = "name-of-one-of-many"
NOT_OPENED = "name-not-opened"
DRAFT = "draft."
"""Begins the location of a text that was checked when it was handed in, and that its sender cannot change."""
_CONTEXT = 10
"""Characters beside a gap by which a quotation of the petitioner's own words is recognised."""


def places_in(letter: Mapping[str, str], petition: Petition, directory: Directory) -> tuple[Place, ...]:
    """Return the gaps of a letter that can be seen without the seal: placeholders, and missing numbers."""
    placeholders = _placeholders(directory)
    own = _own_texts(petition)
    return tuple(
        Place(field, gap.kind, gap.start, gap.end)
        for field, text in letter.items()
        for gap in _gaps(field, text, placeholders)
        if not _is_quoted(text, gap, own)
    )


class LetterCheck:
    """Refuses letters with gaps."""

    def __init__(self, petitions: Petitions, directory: Directory, seal: Seal) -> None:
        self._petitions = petitions
        self._directory = directory
        self._seal = seal

    def check(
        self,
        letter: Mapping[str, str],
        petition: Petition,
        shown: Petition,
        actor: str,
        *,
        is_for_many: bool = False,
    ) -> None:
        """Check the texts that an action sends to a petitioner.

        Args:
            letter: the texts by location.
            petition: as it is stored.
            shown: the petition as the officer reads it, whose words the letter may repeat.
            actor: the officer, as the history names them.
            is_for_many: other petitions are answered by the same letter, so that nobody is named in it.

        Raises:
            UnfinishedTextError: naming every place that has to be mended.
        """
        names = self._names(letter, petition, shown, actor, is_for_many=is_for_many)
        places = (*places_in(letter, petition, self._directory), *names)
        if places:
            fields = list(letter)
            raise UnfinishedTextError(*sorted(places, key=lambda p: (fields.index(p.field), p.start)))

    def _names(
        self,
        letter: Mapping[str, str],
        petition: Petition,
        shown: Petition,
        actor: str,
        *,
        is_for_many: bool,
    ) -> Iterator[Place]:
        """Yield the names that this officer may not write; opens the seal only where there is one to compare."""
        own = _own_texts(shown)
        addressed = [
            (field, name)
            for field, text in letter.items()
            if field.endswith("text") or field in {"question", "progress"}
            for name in addressed_names(text)
        ]
        if not addressed:
            return
        if is_for_many or self._petitions.merged_into(petition.reference, limit=1)[0]:
            yield from (Place(field, OF_ONE_OF_MANY, name.start, name.end) for field, name in addressed)
            return
        unproven = [(field, name) for field, name in addressed if not is_named_in(name.name, own)]
        compared = []
        for field, name in unproven:
            if petition.may_denounce or field.startswith(DRAFT) or _has_opened(actor, petition):
                compared.append((field, name))
            else:
                yield Place(field, NOT_OPENED, name.start, name.end)
        if not compared:
            return
        is_closed = petition.may_denounce
        identity = None if is_closed else self._seal.open(petition.petitioner.seal, petition.reference)
        for field, name in compared:
            if identity is None or not is_name_of(name.name, identity):
                yield Place(field, GapKind.NAME_OF_ANOTHER, name.start, name.end)


def _has_opened(actor: str, petition: Petition) -> bool:
    return any(
        entry.action is Action.OPEN_SEAL and entry.by == actor and not entry.change_id.startswith(LOOK_UP)
        for entry in petition.history
    )


def _gaps(field: str, text: str, placeholders: Iterable[str]) -> tuple[Gap, ...]:
    return gaps_of_number(text) if field.endswith("number") else gaps(text, placeholders=placeholders)


def _placeholders(directory: Directory) -> frozenset[str]:
    """Return the placeholders of all templates there ever were: an answer may have been begun from an earlier one."""
    rows = directory.rows(ANSWER_TEMPLATES)
    return frozenset().union(*(placeholders_in(str(row["text"])) for row in rows))


def _own_texts(petition: Petition) -> tuple[str, ...]:
    written = (entry.text for entry in petition.history if is_petitioner(entry.by) and entry.text)
    return (petition.subject, petition.content, *written)


def _is_quoted(text: str, gap: Gap, own: Iterable[str]) -> bool:
    """Return whether a gap stands in words that the petitioner wrote, which a letter may repeat as they are."""
    fragments = text[max(0, gap.start - _CONTEXT) : gap.end], text[gap.start : gap.end + _CONTEXT]
    longer = [fragment for fragment in fragments if len(fragment) > gap.end - gap.start]
    return any(fragment in mine for fragment in longer for mine in own)
