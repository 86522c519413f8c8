"""Care's `follow` role, put together: it learns from its own topic, as the others do."""

from libs.process.following import Following
from services.care import follow

FOLLOWING = Following(
    services=("care",),
    categories=follow.CATEGORIES,
    keep=follow.keep,
)
