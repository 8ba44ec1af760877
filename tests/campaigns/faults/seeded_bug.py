"""Puts a bug into the product while a campaign runs: what a campaign is worth is how many of these it finds."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any


@contextmanager
def seeded(function: Any, right: str, wrong: str) -> Iterator[None]:
    """Let a function run with one place of its source changed, compiled anew; whoever imported it runs that too."""
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(right) == 1, f"{function.__qualname__} has not exactly one {right!r}"
    namespace: dict[str, Any] = {}
    compiled = compile(source.replace(right, wrong), f"<seeded {function.__qualname__}>", "exec")
    exec(compiled, function.__globals__, namespace)  # noqa: S102 - our own source
    original, function.__code__ = function.__code__, namespace[function.__name__].__code__
    try:
        yield
    finally:
        function.__code__ = original
