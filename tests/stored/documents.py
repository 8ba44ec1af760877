"""The kinds of stored documents: their models, the numbers of their schemas, their golden items."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.domain.base_model import StoredModel
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery
from shared.tables import documents
from shared.tables.documents import Schema
from shared.tables.proposals import Proposal
from shared.tables.throttle.held_texts import HeldText
from shared.tables.throttle.replies import Reply
from tests.support.shapes import Attribute, shape_of, shape_of_facts

HERE = Path(__file__).parent
PETITIONS = HERE.parent / "rules" / "petition" / "stored_petitions.json"
"""The golden items of the first schema, which had no number yet."""


@dataclass(frozen=True)
class Kind:
    """One kind of stored document."""

    name: str
    model: type[StoredModel]
    schema: Schema
    shape: Callable[[], set[Attribute]]

    def golden(self, number: int) -> list[dict[str, Any]]:
        """Return the golden documents of a schema, as JSON."""
        if self.name == "petition" and number == 1:
            stored = json.loads(PETITIONS.read_text("utf-8"))
            return [json.loads(each["item"]["body"]["S"]) for each in stored]
        path = HERE / "golden" / f"{self.name}-{number}.json"
        documents: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
        return documents

    def recorded(self, number: int) -> set[str]:
        """Return the shape that a schema had when it got its number."""
        path = HERE / "shapes" / f"{self.name}-{number}.txt"
        return set(path.read_text("utf-8").splitlines())


KINDS = (
    Kind("petition", Petition, documents.PETITION, lambda: shape_of(Petition) | shape_of_facts()),
    Kind("delivery", Delivery, documents.DELIVERY, lambda: shape_of(Delivery)),
    Kind("proposal", Proposal, documents.DIRECTORY, lambda: shape_of(Proposal)),
    Kind("held-text", HeldText, documents.HELD_TEXT, lambda: shape_of(HeldText)),
    Kind("reply", Reply, documents.REPLY, lambda: shape_of(Reply)),
)


def record() -> None:
    """Write the shape of each schema that has none yet."""
    for kind in KINDS:
        path = HERE / "shapes" / f"{kind.name}-{kind.schema.understood}.txt"
        if not path.exists():
            path.write_text("\n".join(sorted(map(str, kind.shape()))) + "\n", "utf-8")


if __name__ == "__main__":
    record()
