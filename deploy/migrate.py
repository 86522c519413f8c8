"""Brings a schema that no service owns to its head: `python -m deploy.migrate keyring`.

Reads MIGRATION_DATABASE_URL, as keyring_owner, or as broker_owner where the embedded log is used.
"""

import sys
from argparse import ArgumentParser

from libs.process import tending
from libs.process.failing import explained
from libs.process.roles import started
from libs.process.settings import Migrating

SCHEMAS = ("keyring", "broker")


def main() -> None:
    parser = ArgumentParser(prog="python -m deploy.migrate", description=__doc__)
    parser.add_argument("schema", choices=SCHEMAS)
    schema = parser.parse_args(sys.argv[1:]).schema
    settings = started(schema, "migrate", Migrating)
    with explained():
        tending.migrated(schema, settings)


if __name__ == "__main__":
    main()
