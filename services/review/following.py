"""The reviews' `follow` role, put together."""

from libs.process.following import Following, Settings, follow_until_stopped
from libs.process.roles import started
from services.review import follow


def run() -> None:
    learned = Following(
        services=("care", "assignment"),
        categories=follow.CATEGORIES,
        keep=follow.keep,
    )
    follow_until_stopped("review", started("review", "follow", Settings), learned)
