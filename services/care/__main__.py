"""Care's processes: `python -m services.care --help`."""

from typing import TYPE_CHECKING

import services.care
from libs.process.roles import Service, command_line
from services.care import keys

if TYPE_CHECKING:
    from libs.process.following import Following


def _api() -> None:
    from services.care.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _following() -> "Following":
    from services.care.following import FOLLOWING  # noqa: PLC0415 - as above, of what following needs

    return FOLLOWING


SERVICE = Service(name="care", about=services.care.__doc__ or "", api=_api, following=_following)

line = command_line(SERVICE)
line.add_typer(keys.line, name="keys")

if __name__ == "__main__":
    line()
