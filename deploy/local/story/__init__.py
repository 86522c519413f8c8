"""The source's dialogue, played into the demo clinic through the public API by its own people."""

from deploy.local.story.play import play

__all__ = ["play"]
