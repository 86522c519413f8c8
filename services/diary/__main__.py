"""The diary's processes: `python -m services.diary --help`."""

import services.diary
from libs.process.roles import Service, command_line


def _api() -> None:
    from services.diary.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _follow() -> None:
    from services.diary.following import run  # noqa: PLC0415 - as above, of what following needs

    run()


SERVICE = Service(name="diary", about=services.diary.__doc__ or "", api=_api, follow=_follow)

if __name__ == "__main__":
    command_line(SERVICE)()
