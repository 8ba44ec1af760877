"""Spares DynamoDB in moto work that changes no answer: it checks and copies whole items and expressions many times.

Tested in tests/local, so that a new moto that works differently inside is noticed there.
"""

from __future__ import annotations

import copy
import importlib
from collections import deque
from functools import lru_cache
from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import bytesize

_nodes: Any = importlib.import_module("moto.dynamodb.parsing.ast_nodes")
_conditions: Any = importlib.import_module("moto.dynamodb.comparisons").ConditionExpressionParser
_parser: Any = importlib.import_module("moto.dynamodb.parsing.expressions").UpdateExpressionParser
MOST_BYTES = 405_000
"""The size of an item that moto takes: DynamoDB's own limit is somewhat more than 400,000."""


def quicken_items() -> None:
    """Replace the slow pieces; calling it again changes nothing."""
    item: Any = Item
    item.__init__ = _fill
    _parser.make = staticmethod(_parsed)
    _nodes.Node.__deepcopy__ = _copy_of_node
    _nodes.DepthFirstTraverser.nodes_to_be_processed = _nodes_of
    _nodes.DepthFirstTraverser.traverse_node_recursively = _traverse
    _conditions._lex_condition_expression = _lexed  # noqa: SLF001
    value: Any = DynamoType
    value.cast_value = property(_python_value)
    table: Any = Table
    table.query = _narrow_query


# ---------------------------------------------------------------- writing


def _fill(item: Any, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    """Make an item; its size is looked at once, not once for each attribute."""
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict()
    typed = {name: DynamoType(value) for name, value in attrs.items()}
    if sum(bytesize(name) + value.size() for name, value in typed.items()) > MOST_BYTES:
        raise ItemSizeTooLarge
    dict.update(item.attrs, typed)


_whole_make: Any = _parser.make


@lru_cache(1_000)
def _parsed(expression: str) -> Any:
    """Parse an update expression, once: whoever changes the tree copies it first."""
    return _whole_make(expression)


def _copy_of_node(node: Any, memo: dict[int, Any]) -> Any:
    """Copy a tree of an expression without asking each node how it would be pickled."""
    copied = node.__class__.__new__(node.__class__)
    memo[id(node)] = copied
    for name, value in vars(node).items():
        setattr(copied, name, copy.deepcopy(value, memo))
    return copied


_whole_nodes: Any = _nodes.DepthFirstTraverser.nodes_to_be_processed


def _nodes_of(traverser: Any) -> Any:
    """Return the kinds of nodes that a traverser looks at, asked for once: moto asks at each node."""
    if "_kinds" not in vars(traverser):
        traverser._kinds = _whole_nodes(traverser)  # noqa: SLF001
    return traverser._kinds  # noqa: SLF001


@lru_cache(1_000)
def _is_one(kind: Any, kinds: tuple[Any, ...]) -> bool:
    return issubclass(kind, kinds)


def _traverse(traverser: Any, node: Any, child_id: int = -1) -> Any:
    """Go through a tree as moto does; each kind of node is asked once what it is, not each node."""
    if not _is_one(node.__class__, (_nodes.Node,)):
        return node
    parent = node.parent
    for number, child in enumerate(node.children or ()):
        traverser.pre_processing_of_child(node, number)
        _traverse(traverser, child, number)
    if _is_one(node.__class__, traverser.nodes_to_be_processed()):
        node = traverser.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


_whole_lex: Any = _conditions._lex_condition_expression  # noqa: SLF001


@lru_cache(1_000)
def _words_of(expression: str) -> tuple[Any, ...]:
    return tuple(_whole_lex(_conditions(expression, {}, {})))


def _lexed(parser: Any) -> deque[Any]:
    """Read a condition's words, once: the parser takes them from a list of its own."""
    return deque(_words_of(parser.condition_expression))


# ---------------------------------------------------------------- reading


_whole_value: Any = DynamoType.cast_value.fget  # type: ignore[attr-defined]


def _python_value(value: Any) -> Any:
    """Return a text as it is, without asking first for every other kind: most keys are texts, compared many times."""
    return value.value if value.type == "S" else _whole_value(value)


_whole_query: Any = Table.query
_INDEX_NAME = 6
"""Position of the argument among those after the hash key."""


def _narrow_query(table: Any, hash_key: Any, *args: Any, **kwargs: Any) -> Any:
    """Let a query look only at the items that it asks for: moto sorts the whole table for each (design §8)."""
    index_name = args[_INDEX_NAME] if len(args) > _INDEX_NAME else kwargs.get("index_name")
    narrow: Any = object.__new__(type(table))
    vars(narrow).update(vars(table))
    if index_name is None:
        narrow.items = {hash_key: table.items[hash_key]} if hash_key in table.items else {}
    else:
        wanted = kwargs.get("hash_key_conditions") or []
        narrow.items = {
            key: held
            for key, held in table.items.items()
            if isinstance(held, dict)
            or all(name in held.attrs and held.attrs[name] == value for name, value in wanted)
        }
    return _whole_query(narrow, hash_key, *args, **kwargs)
