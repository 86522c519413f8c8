"""structlog loads rich where it finds it, for tracebacks that no process of ours shows: 5 MB in
each of sixteen processes. So it does not find it; who wants rich (progress bars) loads it as ever.
"""

import sys

__all__ = ["structlog"]

if "rich" in sys.modules:
    import structlog
else:
    sys.modules["rich"] = None  # type: ignore[assignment]  # Python's way to say: not there
    try:
        import structlog
    finally:
        del sys.modules["rich"]
