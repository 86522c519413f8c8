"""How all command lines of Interlude are made: plain help, and one line for what is wrong."""

import re
import sys
from typing import Annotated, Any

import typer

_PLACE = re.compile(r"[A-Za-z0-9._-]{1,249}/[0-9]{1,9}/[0-9]{1,18}")


class OneLine(typer.Typer):
    """A wrong command, option or name is said in one line on standard error, exit code 2."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        try:
            sys.exit(super().__call__(*arguments, **named, standalone_mode=False))
        except typer.TyperException as wrong:
            sys.stderr.write(f"{wrong.format_message()}\n")
            sys.exit(wrong.exit_code)


def line(name: str, about: str | None) -> typer.Typer:
    """The roles of one service. Without a role it shows what there is."""
    return OneLine(
        name=name,
        help=about,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def group(*, invoke_without_command: bool = False) -> typer.Typer:
    """Commands about one thing; without one it may itself be a role. Its callback's docstring says
    what it is for.
    """
    return typer.Typer(
        invoke_without_command=invoke_without_command,
        no_args_is_help=not invoke_without_command,
        rich_markup_mode=None,
    )


def _place(named: str) -> str:
    if not _PLACE.fullmatch(named):
        raise typer.BadParameter(
            "this takes TOPIC/PARTITION/OFFSET, as `parked` lists it.", param_hint="PLACE"
        )
    return named


AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
OneStream = Annotated[str | None, typer.Option(help="Only this stream, by its name.")]
OnePlace = Annotated[
    str,
    typer.Argument(callback=_place, metavar="PLACE", help="Where it lies, as `parked` lists it."),
]
