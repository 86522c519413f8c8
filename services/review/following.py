"""The reviews' `follow` role, put together."""

from libs.process.following import Following
from services.review import follow

FOLLOWING = Following(
    services=("care", "assignment"),
    categories=follow.CATEGORIES,
    keep=follow.keep,
)
