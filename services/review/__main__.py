"""The reviews' processes: `python -m services.review --help`."""

import services.review
from libs.process.roles import Service, command_line
from libs.process.workers import Following
from services.review import follow


def _api() -> None:
    from services.review.app import serve  # noqa: PLC0415 - the other roles need no web framework

    serve()


SERVICE = Service(
    name="review",
    about=services.review.__doc__ or "",
    api=_api,
    following=Following(
        services=("care", "assignment"), categories=follow.CATEGORIES, keep=follow.keep
    ),
)

if __name__ == "__main__":
    command_line(SERVICE)()
