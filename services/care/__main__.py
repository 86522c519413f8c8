"""Care's processes: `python -m services.care --help`."""

import services.care
from libs.process.roles import Service, command_line


def _api() -> None:
    from services.care.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _follow() -> None:
    from services.care.following import run  # noqa: PLC0415 - as above, of what following needs

    run()


SERVICE = Service(name="care", about=services.care.__doc__ or "", api=_api, follow=_follow)

if __name__ == "__main__":
    command_line(SERVICE)()
