"""The root of `ops`: the options of every command, and how errors become a sentence, a next step and an exit code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from infra.deployment.errors import CLIENT_ERRORS, DeployError, in_one_sentence
from infra.ops import commands
from infra.ops.stage.connection import LOCAL, LOCAL_ADDRESS, Connection, connect
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import Screen
from infra.ops.stage.session import Session

FLAGS = ("--json", "--dry-run", "--yes")
VALUED = ("--stage", "--endpoint")


class OptionsAnywhere(TyperGroup):
    """Takes the root's options wherever they stand, and says errors in a sentence."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the root's options first."""
        return super().parse_args(ctx, in_front(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what stands in the way ends it with exit code 1."""
        try:
            return super().invoke(ctx)
        except OpsError as error:
            _fail(ctx, str(error), error.next_step)
        except DeployError as error:
            _fail(ctx, str(error), "docs/runbook.md, Deploying")
        except CLIENT_ERRORS as error:
            _fail(ctx, in_one_sentence(error), "ops doctor says what is wired; docs/runbook.md, First look")
        raise typer.Exit(1)


def _fail(ctx: Any, text: str, next_step: str) -> None:
    Screen(is_json=bool(ctx.params.get("is_json"))).fail(text, next_step)


def in_front(args: list[str]) -> list[str]:
    """Return arguments with the root's options before all others, which keep their order."""
    return [*_options(args, are_roots=True), *_options(args, are_roots=False)]


def _options(args: list[str], *, are_roots: bool) -> Iterator[str]:
    rest = iter(args)
    for arg in rest:
        name = arg.partition("=")[0]
        is_roots = name in FLAGS or name in VALUED
        taken = [arg]
        if name in VALUED and "=" not in arg:
            taken += [value for value in [next(rest, None)] if value is not None]
        if is_roots == are_roots:
            yield from taken


app = typer.Typer(
    cls=OptionsAnywhere,
    help="The commands of whoever is on call (docs/runbook.md).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def options(
    context: typer.Context,
    *,
    stage: Annotated[str, typer.Option(help="local, dev, staging or prod")] = LOCAL,
    endpoint: Annotated[
        str | None,
        typer.Option(envvar="PAKN_ENDPOINT", help=f"where the local stack answers (default {LOCAL_ADDRESS})"),
    ] = None,
    is_json: Annotated[bool, typer.Option("--json", help="write JSON")] = False,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="change nothing, say what would be done")] = False,
    is_agreed: Annotated[bool, typer.Option("--yes", help="change without a question")] = False,
) -> None:
    """Keep the options for the command."""
    reached: Connection | None = context.obj

    def begin() -> Session:
        connection = reached or connect(stage, endpoint)
        return Session(connection, Screen(is_json=is_json), is_dry=is_dry, is_agreed=is_agreed)

    context.obj = begin


for module in iter_modules(commands.__path__, f"{commands.__name__}."):
    import_module(module.name).register(app)


def run() -> None:
    """Run one command; the process ends with its exit code."""
    os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "ops")
    app(prog_name="ops")
