"""The reviews' `follow` role, put together."""

from libs.process.following import Following, Settings, follow_until_stopped
from libs.process.roles import started
from services.review import follow

FOLLOWING = Following(
    services=("care", "assignment"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
)


def run() -> None:
    follow_until_stopped("review", started("review", "follow", Settings), FOLLOWING)
