"""What an auditor does with what a process has written down: `audit verify`, `audit search`.

BadHeads
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import structlog

from libs.audit.reading import Auditor
from libs.audit.record import Kept, Record
from libs.audit.searching import Wanted, search
from libs.audit.verify import Head, Heads, Verified, verify
from libs.process.settings import AuditKeys, Database
from libs.process.showing import Told, shown

log = structlog.get_logger(__name__)

_STOPPED = "Stopped, as asked: what was looked at so far says nothing of the rest."


class BadHeads(Exception):  # noqa: N818 - a file that somebody has named
    """Says so."""


class VerifySettings(Database):
    """The database as `<service>_auditor`."""

    audit_keys: AuditKeys


def verified(service: str, settings: VerifySettings, known: Heads) -> Verified:
    """Logs every fault by its place."""
    with _reading(service, settings) as (connection, told):
        key = settings.audit_keys.key(f"audit:{service}")
        found = verify(connection, service, key, known=known, progress=told)
    for fault in found.faults:
        log.error("fault", writer=str(fault.writer), number=fault.number, code=fault.code)
    return found


def found(service: str, settings: Database, wanted: Wanted) -> Iterator[Kept]:
    with _reading(service, settings) as (connection, told):
        yield from search(connection, service, wanted, told)


def remembered(heads: Path | None) -> Heads:
    """What an earlier run has left; nothing before the first. Raises `BadHeads`."""
    if heads is None or not heads.exists():
        return {}
    try:
        written = json.loads(heads.read_text("utf-8"))
        return {
            UUID(writer): Head(int(number), bytes.fromhex(link))
            for writer, (number, link) in written.items()
        }
    except (ValueError, TypeError, AttributeError):
        raise BadHeads("--heads: this is no file that `audit verify` has written.") from None


def remember(heads: Path, of: Heads) -> None:
    written = {str(writer): [head.number, head.link.hex()] for writer, head in of.items()}
    draft = heads.with_name(f"{heads.name}.new")
    draft.write_text(f"{json.dumps(written)}\n", "utf-8")
    draft.replace(heads)


def said(kept: Kept) -> Mapping[str, Any]:
    told = kept.record
    return {
        "recorded_at": kept.recorded_at.isoformat(timespec="milliseconds"),
        "person": str(told.person_id),
        "role": told.role,
        "on_behalf_of": told.on_behalf_of and str(told.on_behalf_of),
        "verb": told.verb,
        "action": told.action,
        "thing": told.thing_id and str(told.thing_id),
        "patients": [str(each) for each in told.patients],
        "reasons": list(told.reasons),
        "outcome": told.outcome,
        "client": told.client,
        "host": kept.host,
        "correlation_id": str(told.correlation_id),
        "clinic": str(told.tenant_id),
        "writer": str(kept.writer),
        "number": kept.number,
    }


def line(kept: Kept) -> str:
    """For somebody who reads."""
    told = kept.record
    about = ", ".join(_whose_and_why(told))
    return (
        f"{kept.recorded_at:%Y-%m-%d %H:%M:%S}Z  {told.role} {told.person_id}  {told.verb}"
        f" {told.action} ({told.outcome})  about {about}  [{told.client or 'no client'}]"
    )


def _whose_and_why(told: Record) -> Iterator[str]:
    """Whoever has no reason beside them was asked for in vain."""
    for place in range(max(1, len(told.patients))):
        whose = told.patients[place] if told.patients else "nobody"
        yield f"{whose}: {told.reasons[place] if place < len(told.reasons) else 'refused'}"


@contextmanager
def _reading(service: str, settings: Database) -> Iterator[tuple[Auditor, Told]]:
    with (
        psycopg.connect(
            settings.database_url.get_secret_value(), options="-c timezone=UTC"
        ) as connection,
        shown(f"{service}: its audit", interrupted=_STOPPED) as told,
    ):
        yield connection, told
