"""The homework's processes: `python -m services.assignment --help`."""

import services.assignment
from libs.process.roles import Service, command_line


def _api() -> None:
    from services.assignment.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _follow() -> None:
    from services.assignment.following import run  # noqa: PLC0415 - as above, of what following needs

    run()


SERVICE = Service(
    name="assignment", about=services.assignment.__doc__ or "", api=_api, follow=_follow
)

if __name__ == "__main__":
    command_line(SERVICE)()
