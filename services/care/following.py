"""Care's `follow` role, put together: it learns from its own topic, as the others do."""

from libs.process.following import Following, Settings, follow_until_stopped
from libs.process.roles import started
from services.care import follow

FOLLOWING = Following(
    services=("care",),
    categories=follow.CATEGORIES,
    keep=follow.keep,
)


def run() -> None:
    follow_until_stopped("care", started("care", "follow", Settings), FOLLOWING)
