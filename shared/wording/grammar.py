"""The grammar of texts: which constructs of Jinja2 a template may use. Pure; what is not listed here is refused.

A text holds variables, conditions and a few filters. Loops, calls, attributes, indexes and arithmetic are refused: a
letter needs none of them, and each could take a value apart, hide a link or make rendering expensive. A template is
judged before Jinja2 compiles it, because the compiler already evaluates constant expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

LONGEST_TEMPLATE = 10_000
"""Characters of a template."""
MOST_NODES = 600
"""Nodes of a template's syntax tree; the largest packaged text has fewer than 100."""
DEEPEST = 12
"""Levels of a template's syntax tree."""
MOST_VARIANTS = 512
"""Combinations of the branches of a template's conditions, each of which is checked for links."""
FILTERS = frozenset({"day", "join", "length", "lower", "trim", "upper", "weekday"})
_SEPARATOR = re.compile(r"[ ,;/·–-]{0,5}")
_COMPARISONS = frozenset({"eq", "gt", "gteq", "lt", "lteq", "ne"})

Piece = str | nodes.Expr
"""A piece of a variant: literal text, or an expression to be filled in."""


class ForbiddenTemplateError(ValueError):
    """A template breaks a rule of the grammar."""

    def __init__(self, rule: str, detail: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        """`syntax`, `forbidden` or `too-complex`."""
        self.detail = detail


@lru_cache(maxsize=256)
def parsed(environment: Environment, template: str) -> nodes.Template:
    """Return the syntax tree of a template that keeps the grammar.

    Raises:
        ForbiddenTemplateError: it does not parse, has a forbidden construct, or is too large.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise ForbiddenTemplateError("too-complex", f"{len(template)} / {LONGEST_TEMPLATE}")
    try:
        tree = environment.parse(template)
    except TemplateSyntaxError as error:
        raise ForbiddenTemplateError("syntax", f"{error.lineno}: {error.message}") from None
    except (RecursionError, ValueError):
        raise ForbiddenTemplateError("too-complex") from None
    _check_size(tree)
    _check_statements(tree.body)
    return tree


def unknown_names(tree: nodes.Template, names: frozenset[str]) -> set[str]:
    """Return the variables of a template that do not exist."""
    return meta.find_undeclared_variables(tree) - names


def variants(tree: nodes.Template) -> list[tuple[Piece, ...]]:
    """Return the output of a template for every combination of its branches, whatever the conditions say.

    Raises:
        ForbiddenTemplateError: there are too many combinations.
    """
    return _branches(tree.body)


def _check_size(tree: nodes.Template) -> None:
    level: list[nodes.Node] = [tree]
    number = 0
    for _depth in range(DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
        number += len(level)
        if not level:
            break
    if level or number > MOST_NODES:
        raise ForbiddenTemplateError("too-complex", f"{number} / {MOST_NODES}")


def _check_statements(body: Iterable[nodes.Node]) -> None:
    for node in body:
        match node:
            case nodes.Output():
                for piece in node.nodes:
                    if not isinstance(piece, nodes.TemplateData):
                        _check_output(piece)
            case nodes.If():
                _check_condition(node.test)
                _check_statements([*node.body, *node.elif_, *node.else_])
            case _:
                _forbid(node)


def _check_output(node: nodes.Node) -> None:
    """Check what is written: a variable, filtered or not, with a text for when it is empty."""
    match node:
        case nodes.Or(right=nodes.Const(value=str())):
            _check_value(node.left)
        case _:
            _check_value(node)


def _check_value(node: nodes.Node | None) -> None:
    match node:
        case nodes.Name(ctx="load"):
            return
        case nodes.Filter(kwargs=[], dyn_args=None, dyn_kwargs=None) if node.name in FILTERS:
            _check_value(node.node)
            for argument in node.args:
                if node.name != "join" or not _is_separator(argument):
                    _forbid(node)
        case nodes.Filter(environment=Environment(filters=names)) if node.name not in names:
            raise ForbiddenTemplateError("syntax", f"{node.lineno}: {node.name}")
        case _:
            _forbid(node)


def _is_separator(node: nodes.Node) -> bool:
    match node:
        case nodes.Const(value=str(text)):
            return bool(_SEPARATOR.fullmatch(text))
        case _:
            return False


def _check_condition(node: nodes.Node) -> None:
    match node:
        case nodes.And() | nodes.Or():
            _check_condition(node.left)
            _check_condition(node.right)
        case nodes.Not():
            _check_condition(node.node)
        case nodes.Compare():
            for operand in node.ops:
                if operand.op not in _COMPARISONS:
                    _forbid(operand)
            for side in (node.expr, *(operand.expr for operand in node.ops)):
                if not isinstance(side, nodes.Const):
                    _check_value(side)
        case _:
            _check_value(node)


def _forbid(node: nodes.Node | None) -> None:
    name = getattr(node, "name", "")
    what = type(node).__name__ + (f" {name}" if isinstance(name, str) and name else "")
    raise ForbiddenTemplateError("forbidden", f"{getattr(node, 'lineno', 1)}: {what}")


def _branches(body: Iterable[nodes.Node]) -> list[tuple[Piece, ...]]:
    alternatives: list[tuple[Piece, ...]] = [()]
    for node in body:
        alternatives = _combined(alternatives, _alternatives(node))
    return alternatives


def _alternatives(node: nodes.Node) -> list[tuple[Piece, ...]]:
    if isinstance(node, nodes.If):
        branches = (node.body, *(other.body for other in node.elif_), node.else_)
        return [alternative for branch in branches for alternative in _branches(branch)]
    alternatives: list[tuple[Piece, ...]] = [()]
    for piece in node.nodes if isinstance(node, nodes.Output) else ():
        alternatives = _combined(alternatives, _options(piece))
    return alternatives


def _combined(
    beginnings: list[tuple[Piece, ...]], endings: list[tuple[Piece, ...]]
) -> list[tuple[Piece, ...]]:
    number = len(beginnings) * len(endings)
    if number > MOST_VARIANTS:
        raise ForbiddenTemplateError("too-complex", f"{number} / {MOST_VARIANTS}")
    return [(*beginning, *ending) for beginning in beginnings for ending in endings]


def _options(piece: nodes.Expr) -> list[tuple[Piece, ...]]:
    match piece:
        case nodes.TemplateData(data=data):
            return [(data,)]
        case nodes.Or(right=nodes.Const(value=str(text))):
            return [(piece.left,), (text,)]
        case _:
            return [(piece,)]
