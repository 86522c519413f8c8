"""What those are given who open nothing: the keys of the chains and of the audit, and of the
analysts' pseudonyms. And what wraps the keys in a keyring that nobody has wrapped anew.

`MASTER_KEY=… python -m deploy.derived_keys` prints them as settings, one a line. They follow from
the master key, which cannot be worked out from them. Derived again, they are the same.
"""

import os
import sys
from argparse import ArgumentParser

from deploy.local.processes import EPOCHS, for_auditors, without_the_master

MISUSED = 2


def main() -> int:
    parser = ArgumentParser(prog="python -m deploy.derived_keys", description=__doc__)
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="how many may begin in all")
    epochs = parser.parse_args(sys.argv[1:]).epochs
    try:
        master = os.environ.get("MASTER_KEY", "")
        made = {**without_the_master(master, epochs), **for_auditors(master)}
    except ValueError:
        sys.stderr.write("MASTER_KEY is not usable: this takes 32 random bytes in base64.\n")
        return MISUSED
    for name, written in made.items():
        sys.stdout.write(f"{name}={written}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
