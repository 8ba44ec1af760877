"""Lambda's snapshots (SnapStart): what is made ready before one is taken, and what may not come out of it.

A function that people wait for is imported once, when its version is published; each start restores the memory of
then, maybe many times at once and days later. Before the snapshot everything is done once that depends on the package
alone; whatever depends on the stage, a secret, a connection or the time is dropped, and made by the first request.
Without SnapStart no hook is registered, and nothing here costs a start more than an import.
"""

from __future__ import annotations

import gc
import importlib
import random
from collections.abc import Callable, Iterable
from typing import Any

import pydantic

from shared.domain.identity.reference import pin_of
from shared.platform import aws, secrets, settings, telemetry

_HOOKS = "snapshot_restore_py"
"""Lambda's Python brings it; a start without a snapshot needs no hook."""
_RARE = ("aws_lambda_powertools.metrics", "phonenumbers")
"""Modules that are imported where they are used, for the sake of starts without a snapshot."""


def prepare(
    services: Iterable[str],
    rare: Iterable[str],
    warm: Iterable[Callable[[], None]],
    forget: Callable[[], None],
) -> None:
    """Register the hooks of a function that may be restored from a snapshot.

    Args:
        services: those of AWS that requests call.
        rare: modules that the function imports where it uses them.
        warm: what the function does once before the snapshot; it needs neither settings nor AWS.
        forget: drops what the function keeps of its stage.
    """
    if not settings.starts_from_snapshots():
        return
    hooks: Any = importlib.import_module(_HOOKS)
    hooks.register_before_snapshot(_drop, forget)  # these hooks run in reverse order: this one last
    hooks.register_before_snapshot(_warm, tuple(services), (*_RARE, *rare), tuple(warm))
    hooks.register_after_restore(random.seed)


def _warm(services: tuple[str, ...], rare: tuple[str, ...], warm: tuple[Callable[[], None], ...]) -> None:
    """Do once what depends on the package alone."""
    for module in rare:
        importlib.import_module(module)
    _build_models()
    aws.read_definitions(services)
    telemetry.logger()
    pin_of(b"no key of any stage", "26000000000")
    for step in warm:
        step()


def _drop(forget: Callable[[], None]) -> None:
    """Drop whatever depends on the stage, a secret, a connection or the time."""
    for drop in (forget, secrets.forget, settings.forget, aws.forget):
        drop()
    gc.collect()


def _build_models() -> None:
    """Build the validators of all models, which otherwise are built when each is first used."""
    for model in _models(pydantic.BaseModel):
        if model.__pydantic_complete__ is False and not model.__pydantic_generic_metadata__["parameters"]:
            model.model_rebuild()


def _models(base: type[pydantic.BaseModel]) -> Iterable[type[pydantic.BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)
