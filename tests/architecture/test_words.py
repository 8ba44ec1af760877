"""The words of the field: what the code and the docs used to say of their own making does not come back.

A sentence should be understood at first reading by somebody who knows DynamoDB, SQS and casework systems, but not this
code. `docs/glossary.md` says which word to take instead.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.layout import ROOT
from infra.tools.import_graph import source_files, syntax_nodes

NOUN = "the noun of the thing: delivery, petition, query, form, deliveries"
# Names that say nothing of what they hold.
BARE_NAMES = dict.fromkeys(("asked", "found", "given", "kept", "known", "made", "one", "said", "told"), NOUN)
# Words that may be no part of a name (`is_told`, `Manners`).
NAME_PARTS = {
    "bunch": "batch",
    "bunched": "batched",
    "bunches": "batches",
    "case": "petition (case is only in the name of the function casework)",
    "cases": "petitions (case is only in the name of the function casework)",
    "company": "batch",
    "doubt": "ambiguous delivery",
    "errand": "task type",
    "heads": "latest hashes, or headers of a table",
    "manner": "contact policy",
    "manners": "contact policy",
    "patience": "attempts, back-off",
    "standing": "status",
    "standings": "statuses",
    "told": "settings, configuration; notified, delivered",
    "way": "channel",
    "ways": "channels",
}
# Members of JSON documents that others read: they keep their names (docs/api.md, docs/verifying.md).
OF_THE_CONTRACT = {
    "shared/domain/promises/duties.py": {"standing", "told_at"},
    "functions/intake/chalicelib/intake/petitions/track_petition.py": {"kept"},
    "functions/intake/chalicelib/intake/verification/record.py": {"kept"},
}
# A test's name is a sentence, in which these words may be honest English.
HONEST_IN_SENTENCES = {"case", "cases", "company", "heads", "way", "ways"}
# What sentences say no more, in docstrings, comments and docs.
IN_SENTENCES = {
    "told": (r"\b(?:un)?told\b", "notified, delivered; passed, configured"),
    "Return what …": (
        r"\b(?:returns?|yields?|gives?|builds?) (?:what|whoever|whom?)\b",
        "Return the repository of …",
    ),
    "Tell whether": (r"\btells? (?:whether|what|who|how|which|when|if)\b", "Return whether"),
    "doubt": (r"\bdoubts?\b", "ambiguous, ambiguous delivery"),
    "errand": (r"\berrands?\b", "task type"),
    "standing": (r"\bstandings?\b", "status"),
    "how it stands": (r"\bhow (?:[\w']+ ){1,4}(?:stands?|stood)\b", "status"),
    "manners": (r"\bmanners\b", "contact policy; behaviour"),
    "bunch": (r"\bbunch(?:es|ed)?\b", "batch"),
    "company": (r"\bcompany of\b|\bno company\b", "batch"),
    "heads": (r"(?<!unit )\bheads\b(?! of units)", "latest hashes; headers of a table"),
    "patience": (r"\bpatience\b", "attempts, back-off"),
    "way": (r"\b(?:first|last) way\b|\bways? of telling\b|\bevery way failed\b|\bways out\b", "channel"),
    "hear of": (r"\b(?:hears?|heard|learns?|learnt) of\b", "is notified of"),
    "case": (r"\b(?:conduct|petition) cases?\b|\bcase (?:of conduct|records?|files?)\b", "petition"),
}
ANY_OF_THEM = re.compile("|".join(f"(?:{pattern})" for pattern, _ in IN_SENTENCES.values()), re.IGNORECASE)
# A docstring names its subject or begins with a verb; "Of which petition a send was settled" is a riddle.
RIDDLE = r"\A(?:what|who|whom|whose|whoever|whatever|of|how|when|where|whether)\b"
NO_RIDDLE = "begin with the noun or the verb: 'The petition whose delivery was settled'"


class Finding(NamedTuple):
    """One use of a word, and what to write instead."""

    path: Path
    line: int
    text: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.text!r}: {self.instead}"


def names(path: Path) -> Iterator[tuple[int, str]]:
    """The names that a file defines: functions, classes, parameters, variables, attributes, aliases, itself."""
    yield 0, path.stem
    for node in syntax_nodes(path):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case (
                ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name
            case _:
                pass


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """The docstrings of a file, with those that follow an attribute."""
    for node in syntax_nodes(path):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for before, statement in zip([None, *body], body, strict=False):
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    if before is None or isinstance(before, ast.Assign | ast.AnnAssign):
                        yield statement.lineno, text
                case _:
                    pass


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """The comments, with an old word or something like it, of a Python file, a template or a Makefile."""
    text = path.read_text("utf-8")
    likely = [(n, line.partition("#")[2]) for n, line in enumerate(text.splitlines(), 1) if "#" in line]
    likely = [(number, comment) for number, comment in likely if ANY_OF_THEM.search(comment)]
    if path.suffix != ".py":
        yield from likely
    elif likely:  # only now is it worth the time to find out whether it is a comment
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string.lstrip("# ")


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines of a page of docs, without what is quoted from code."""
    text = re.sub(
        r"```.*?```", lambda block: "\n" * block[0].count("\n"), page.read_text("utf-8"), flags=re.DOTALL
    )
    for number, line in enumerate(text.splitlines(), 1):
        yield number, re.sub(r"`[^`]*`|\]\([^)]*\)", "", line)


def findings_in_names(path: Path) -> Iterator[Finding]:
    contract = OF_THE_CONTRACT.get(str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "", set())
    for line, name in names(path):
        if name in contract:
            continue
        parts = {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
        if bare := BARE_NAMES.get(name.strip("_")):
            yield Finding(path, line, name, bare)
        elif not {"use", "cases"} <= parts:
            allowed = HONEST_IN_SENTENCES if name.startswith("test_") else set()
            for part in sorted(parts & NAME_PARTS.keys() - allowed):
                yield Finding(path, line, name, NAME_PARTS[part])


def findings_in_sentence(path: Path, line: int, text: str) -> Iterator[Finding]:
    if not ANY_OF_THEM.search(text):
        return
    for pattern, instead in IN_SENTENCES.values():
        for match in re.finditer(pattern, text, re.IGNORECASE):
            at = line + text[: match.start()].count("\n")
            yield Finding(
                path, at, " ".join(text[max(0, match.start() - 30) : match.end() + 20].split()), instead
            )


def findings_in_code(path: Path) -> Iterator[Finding]:
    yield from findings_in_names(path)
    for line, text in [*docstrings(path), *comments(path)]:
        yield from findings_in_sentence(path, line, text)
    for line, text in docstrings(path):
        if re.match(RIDDLE, text.strip(), re.IGNORECASE):
            yield Finding(path, line, text.strip()[:50], NO_RIDDLE)


def findings() -> Iterator[Finding]:
    """All uses of the old words in the repository, this file aside."""
    for path in source_files("functions", "shared", "infra", "tests"):
        if path != Path(__file__):
            yield from findings_in_code(path)
    for path in [*(ROOT / "infra").rglob("*.yaml"), ROOT / "Makefile", ROOT / "pyproject.toml"]:
        for line, text in comments(path):
            yield from findings_in_sentence(path, line, text)
    for path in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]:
        if path.name != "glossary.md":
            for line, text in prose(path):
                yield from findings_in_sentence(path, line, text)


def test_the_old_words_do_not_come_back() -> None:
    uses = [str(use) for use in findings()]

    assert not uses, "\n".join(uses)


# --- the list sees what it is for, and no honest English ---------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Return what lists open petitions.", id="return what"),
        pytest.param("What the function is told.", id="told"),
        pytest.param("Sends in doubt.", id="doubt"),
        pytest.param("Tell whether a unit may see it.", id="tell whether"),
        pytest.param("Say how a petition stands.", id="how it stands"),
        pytest.param("Return the heads of all petitions.", id="heads"),
        pytest.param("The petitioner hears of it by SMS.", id="hear of"),
        pytest.param("A case of conduct.", id="case"),
    ],
)
def test_dialect_is_recognised(sentence: str) -> None:
    assert list(findings_in_sentence(Path(__file__), 1, sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Return the repository of open petitions.", id="return"),
        pytest.param("In any case the use case takes lower case.", id="case"),
        pytest.param("Each way leads to the gateway; unit heads and heads of units.", id="way, heads"),
        pytest.param("A standard template stands in the directory.", id="stands"),
        pytest.param("Return whether a company sent it.", id="company"),
    ],
)
def test_honest_english_is_left_alone(sentence: str) -> None:
    assert list(findings_in_sentence(Path(__file__), 1, sentence)) == []


def test_names_are_looked_at_part_by_part(tmp_path: Path) -> None:
    code = tmp_path / "standing.py"
    code.write_text(
        "def was_told(one): ...\ndef test_either_way(): ...\nclass UseCases: ...\nFirstWay = 1\n", "utf-8"
    )

    seen = [(finding.line, finding.text) for finding in findings_in_names(code)]

    assert sorted(seen) == [(0, "standing"), (1, "one"), (1, "was_told"), (4, "FirstWay")]


if __name__ == "__main__":
    sys.stdout.writelines(
        f"{use}\n" for use in findings() if str(use).startswith(tuple(sys.argv[1:] or [""]))
    )
