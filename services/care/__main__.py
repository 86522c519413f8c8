"""Care's processes: `python -m services.care --help`."""

import services.care
from libs.process.roles import Service, command_line
from libs.process.workers import Following
from services.care import follow


def _api() -> None:
    from services.care.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


SERVICE = Service(
    name="care",
    about=services.care.__doc__ or "",
    api=_api,
    following=Following(services=("care",), categories=follow.CATEGORIES, keep=follow.keep),
)

if __name__ == "__main__":
    command_line(SERVICE)()
