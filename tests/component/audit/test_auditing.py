"""What an auditor sees: that everything is there, and what was done about whom, and by whom."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.local.processes import for_auditors
from libs.audit.keeping import AuditLog
from libs.audit.record import Kept, Reason, Record
from libs.eventstore.pool import open_pool
from libs.process.auditing import line
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW
from libs.testing.databases import Database
from services.care.__main__ import SERVICE
from tests.component.audit.asking import Done, ask

pytestmark = [pytest.mark.postgres, pytest.mark.security("audit")]

INVENTED = """
INSERT INTO care_audit.whose SELECT tenant_id, gen_random_uuid(), recorded_at, link, writer, number,
  'treatment' FROM care_audit.records WHERE number = 1"""
TREATED: Reason = "treatment"
KEY = derived(master_key(DEVELOPMENT_MASTER_KEY), "audit:care")


def looked(person_id: UUID, *patients: UUID, refused: bool = False) -> Record:
    return Record(
        tenant_id=CLINIC,
        person_id=person_id,
        role="therapist",
        on_behalf_of=None,
        verb="read",
        action="session",
        thing_id=uuid4(),
        patients=patients,
        reasons=() if refused else (TREATED,) * len(patients),
        outcome="not-found" if refused else "done",
        client="web",
        correlation_id=uuid4(),
    )


@pytest.fixture
async def written(own_database: Database) -> Database:
    """Anna looked at Masha, and at Masha and Lev; Boris would have liked to."""
    pool = await open_pool(own_database.url_as("care_app"), size=1, durable=False)
    audit = AuditLog(
        pool, "care", key=KEY, host="here", clock=lambda: datetime.now(UTC), new_id=uuid4
    )
    for record in (
        looked(ANNA, MASHA),
        looked(ANNA, MASHA, LEV),
        looked(BORIS, MASHA, refused=True),
    ):
        await audit.note(record)
    await pool.close()
    return own_database


def asked(database: Database, monkeypatch: pytest.MonkeyPatch, *words: str) -> Done:
    settings = {"DATABASE_URL": database.url_as("care_auditor"), "DURABLE": "false"}
    keys = for_auditors(DEVELOPMENT_MASTER_KEY)
    return ask(SERVICE, monkeypatch, {**settings, **keys}, *words)


def tampered(database: Database, *changes: str) -> None:
    """By a superuser who knows how to silence a trigger."""
    with psycopg.connect(database.url) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for change in changes:
            superuser.execute(change.encode())


def test_what_is_all_there_is_whole(written: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    done = asked(written, monkeypatch, "audit", "verify")
    assert (done.code, done.out) == (0, ["3 records of 1 writers: whole."])


@pytest.mark.parametrize(
    ("change", "number", "code"),
    [
        ("UPDATE care_audit.records SET outcome = 'done' WHERE number = 3", 3, "chain-broken"),
        (
            "UPDATE care_audit.records SET reasons = '{self,self}' WHERE number = 2",
            2,
            "chain-broken",
        ),
        ("DELETE FROM care_audit.records WHERE number = 2", 3, "gap"),
        ("DELETE FROM care_audit.records WHERE number = 1", 2, "gap"),
        ("DELETE FROM care_audit.whose WHERE number = 1", 1, "not-listed"),
        ("UPDATE care_audit.whose SET reason = 'self' WHERE number = 1", 1, "not-listed"),
        (INVENTED, 1, "listed-wrongly"),
    ],
)
def test_the_first_break_is_named_by_writer_and_number(
    written: Database, monkeypatch: pytest.MonkeyPatch, change: str, number: int, code: str
) -> None:
    tampered(written, change)
    done = asked(written, monkeypatch, "audit", "verify")
    with psycopg.connect(written.url) as superuser:
        row = superuser.execute("SELECT DISTINCT writer FROM care_audit.records").fetchone()
    assert row
    assert done.code == 1
    assert done.out[0] == f"{code}: number {number} of writer {row[0]}"


def test_an_end_that_was_cut_off_is_missed_by_who_keeps_the_heads(
    written: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    heads = str(tmp_path / "heads.json")
    assert asked(written, monkeypatch, "audit", "verify", "--heads", heads).code == 0
    tampered(
        written,
        "DELETE FROM care_audit.records WHERE number = 3",
        "DELETE FROM care_audit.whose WHERE number = 3",
    )
    assert asked(written, monkeypatch, "audit", "verify").code == 0
    done = asked(written, monkeypatch, "audit", "verify", "--heads", heads)
    assert (done.code, done.out[0].partition(" of ")[0]) == (1, "cut-off: number 3")
    again = asked(written, monkeypatch, "audit", "verify", "--heads", heads)
    assert again.code == 1, "what is missing stays missing"


def test_a_file_that_holds_no_heads_is_refused(
    written: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "heads").write_text("[1, 2]")
    done = asked(written, monkeypatch, "audit", "verify", "--heads", str(tmp_path / "heads"))
    assert done.code == 1
    assert done.err == ["--heads: this is no file that `audit verify` has written."]


def people(done: Done) -> list[tuple[str, Any]]:
    told = [json.loads(line) for line in done.out]
    return [(each["person"], each["outcome"]) for each in told]


def test_a_patient_is_searched_for_refusals_too(
    written: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asked(written, monkeypatch, "audit", "search", "--patient", str(MASHA), "--json")
    assert people(done) == [
        (str(ANNA), "done"),
        (str(ANNA), "done"),
        (str(BORIS), "not-found"),
    ]
    lines = asked(written, monkeypatch, "audit", "search", "--patient", str(LEV)).out
    assert len(lines) == 1
    whose = f"about {MASHA}: treatment, {LEV}: treatment"
    assert f"therapist {ANNA}  read session (done)  {whose}" in lines[0]


def test_a_line_says_of_each_patient_whether_they_were_shown() -> None:
    told = replace(looked(ANNA, MASHA, LEV), reasons=(TREATED,))
    one = Kept(writer=UUID(int=1), number=1, recorded_at=NOW, host="here", record=told)
    assert f"about {MASHA}: treatment, {LEV}: refused" in line(one)
    nobody = replace(told, patients=(), reasons=("clinic",))
    assert "about nobody: clinic" in line(replace(one, record=nobody))
    assert "about nobody: refused" in line(replace(one, record=replace(nobody, reasons=())))


def test_so_is_a_person_within_a_period(written: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    search = ("audit", "search", "--person", str(BORIS), "--json")
    assert people(asked(written, monkeypatch, *search)) == [(str(BORIS), "not-found")]
    assert asked(written, monkeypatch, *search, "--until", "2020-01-01").out == []
    assert asked(written, monkeypatch, *search, "--since", "2999-01-01T00:00:00Z").out == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--patient", str(MASHA), "--person", str(ANNA)),
        ("--patient", "x"),
        ("--person", str(ANNA), "--since", "yesterday"),
    ],
)
def test_a_search_for_nobody_is_refused_in_one_line(
    database: Database, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    done = asked(database, monkeypatch, "audit", "search", *words)
    assert (done.code, len(done.err), done.out) == (2, 1, [])
