"""The homework's processes: `python -m services.assignment --help`."""

import services.assignment
from libs.eventstore.reacting import Reactions
from libs.process.parts import Parts
from libs.process.roles import Service, command_line
from libs.process.workers import Following
from services.assignment import follow, reactions, wire


def _api() -> None:
    from services.assignment.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _reactions(parts: Parts) -> Reactions:
    return reactions.reactions(parts.desk(wire.assignments))


SERVICE = Service(
    name="assignment",
    about=services.assignment.__doc__ or "",
    api=_api,
    following=Following(
        services=("care", "assignment"),
        categories=follow.CATEGORIES,
        keep=follow.keep,
        causes=reactions.CATEGORIES,
        reactions=_reactions,
    ),
)

if __name__ == "__main__":
    command_line(SERVICE)()
