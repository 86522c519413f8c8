"""Which revision of a schema this code knows, read without loading Alembic: a server that only
compares it need not carry 10 MB for that.
"""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_OF_LIBRARIES = {
    "keyring": _ROOT / "libs" / "privacy" / "migrations",
    "broker": _ROOT / "libs" / "messaging" / "migrations",
}
_REVISION = re.compile(r'^revision(?:: str)? = "(\w+)"$', re.MULTILINE)
_FOLLOWS = re.compile(r'^down_revision(?:: str(?: \| None)?)? = "(\w+)"$', re.MULTILINE)


def scripts_of(service: str) -> Path:
    """The folder with `env.py` and `versions/` of a service, or of a library's own schema."""
    return _OF_LIBRARIES.get(service, _ROOT / "services" / service / "migrations")


def head_of(service: str, scripts: Path | None = None) -> str | None:
    """The newest revision that this code knows: the one that no other follows."""
    texts = [path.read_text() for path in (scripts or scripts_of(service)).glob("versions/*.py")]
    known = {found[1] for text in texts if (found := _REVISION.search(text))}
    followed = {found[1] for text in texts if (found := _FOLLOWS.search(text))}
    heads = known - followed
    if len(heads) > 1:
        raise ValueError(f"the history of {service} has several heads")
    return heads.pop() if heads else None
