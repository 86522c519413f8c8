"""The reviews' processes: `python -m services.review --help`."""

import services.review
from libs.process.roles import Service, command_line


def _api() -> None:
    from services.review.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


def _follow() -> None:
    from services.review.following import run  # noqa: PLC0415 - as above, of what following needs

    run()


SERVICE = Service(name="review", about=services.review.__doc__ or "", api=_api, follow=_follow)

if __name__ == "__main__":
    command_line(SERVICE)()
