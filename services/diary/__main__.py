"""The diary's processes: `python -m services.diary --help`."""

import services.diary
from libs.eventstore.reacting import Reactions
from libs.process.parts import Parts
from libs.process.roles import Service, command_line
from libs.process.workers import Following
from services.diary import follow, reactions, wire


def _api() -> None:
    from services.diary.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _reactions(parts: Parts) -> Reactions:
    return reactions.reactions(parts.desk(wire.notebooks))


SERVICE = Service(
    name="diary",
    about=services.diary.__doc__ or "",
    api=_api,
    following=Following(
        services=("care", "review"),
        categories=follow.CATEGORIES,
        keep=follow.keep,
        causes=reactions.CATEGORIES,
        reactions=_reactions,
    ),
)

if __name__ == "__main__":
    command_line(SERVICE)()
