"""The homework's processes: `python -m services.assignment --help`."""

from typing import TYPE_CHECKING

import services.assignment
from libs.process.roles import Service, command_line

if TYPE_CHECKING:
    from libs.process.following import Following


def _api() -> None:
    from services.assignment.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _following() -> "Following":
    from services.assignment.following import FOLLOWING  # noqa: PLC0415 - as above, of what following needs

    return FOLLOWING


def _clock() -> None:
    from services.assignment.ticking import serve  # noqa: PLC0415 - as above, of what the clock needs

    serve()


SERVICE = Service(
    name="assignment",
    about=services.assignment.__doc__ or "",
    api=_api,
    following=_following,
    clock=_clock,
)

if __name__ == "__main__":
    command_line(SERVICE)()
