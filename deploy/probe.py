"""A container's health: asks the process beside it whether it is ready. Standard library only."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    url = f"http://127.0.0.1:{os.environ['ADMIN_PORT']}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=2):
            return 0
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
