"""GraphQL's requests a second for a screen of 20 and of 500 rows, beside a plain handler.

A page has at most 100 rows, so 500 are five connections in one query. The plain handler reads the
same rows with one statement, without token, authorisation or sealed text to open.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.local.people import CLINIC
from deploy.local.run_info import RunInfo
from tests.bench.commands import SCALED, uvicorn
from tests.bench.load import Figures
from tests.bench.report import Spread
from tests.bench.stage import loaded
from tests.bench.visible import port_of

CONNECTIONS = 16
PAGE = 100
ROWS = {20: [20], 500: [PAGE] * 5}
"""How many rows, as the pages that they come in."""

_ITEM = (
    "{ nodes { id type service recordedAt occurredAt zone actorId actorRole codes { name value }"
    " excerpt } pageInfo { endCursor } }"
)


def read(
    run: RunInfo, folder: Path, *, rounds: int, seconds: float, progress: Callable[[str], None]
) -> dict[str, Any]:
    patient, headers = run.story["patient"], _headers(run)
    progress("screens: 500 facts on one timeline")
    cursors = _cursors(run, patient)
    outcome: dict[str, Any] = {}
    with uvicorn(folder, "bare_rows", {"DATABASE_URL": run.database}) as bare:
        for rows, pages in ROWS.items():
            query = json.dumps({"query": _query(pages, cursors), "variables": {"id": patient}})
            plain = json.dumps({"tenant_id": str(CLINIC), "patient_id": patient, "first": rows})
            found: dict[str, list[Figures]] = {"graphql": [], "bare": []}
            for number in range(-1, rounds):
                progress(f"screens: {rows} rows, round {max(0, number) + 1} of {rounds}")
                asked = {
                    "graphql": (port_of(run.gateway), "/graphql", query, headers),
                    "bare": (bare, "/timeline", plain, {}),
                }
                for name, (port, path, body, said) in asked.items():
                    figures = loaded(
                        port,
                        [path],
                        body,
                        said,
                        connections=CONNECTIONS,
                        seconds=seconds if number >= 0 else 1.0,
                    )
                    if number >= 0:
                        found[name].append(figures)
            outcome[f"{rows} rows"] = _table(found)
    return outcome


def _table(found: dict[str, list[Figures]]) -> dict[str, Any]:
    ratios = [
        ours.rate / max(theirs.rate, 0.1)
        for ours, theirs in zip(found["graphql"], found["bare"], strict=True)
    ]
    return {
        **{
            name: {
                figure: asdict(Spread.of([getattr(each, figure) for each in measured]))
                for figure in ("rate", "p50", "p99", "failures")
            }
            for name, measured in found.items()
        },
        "graphql / bare": asdict(Spread.of(ratios)),
    }


def _query(pages: Sequence[int], cursors: Sequence[str]) -> str:
    parts = [
        f"p{at}: timeline(patientId: $id, first: {size}{_after(cursors, at)}) {_ITEM}"
        for at, size in enumerate(pages)
    ]
    return f"query Screen($id: ID!) {{ {' '.join(parts)} }}"


def _after(cursors: Sequence[str], at: int) -> str:
    return f', after: "{cursors[at - 1]}"' if at else ""


def _cursors(run: RunInfo, patient: str) -> Sequence[str]:
    """Where each page of 100 ends; facts are told until there are five whole ones."""
    with httpx.Client(headers=_headers(run), timeout=20) as http:
        _tell(http, run, patient)
        cursors: list[str] = []
        for at in range(5):
            after = f', after: "{cursors[-1]}"' if at else ""
            query = f"query($id: ID!) {{ timeline(patientId: $id, first: 100{after}) {_ITEM} }}"
            answer = http.post(
                f"{run.gateway}/graphql", json={"query": query, "variables": {"id": patient}}
            ).json()
            found = answer["data"]["timeline"]
            if len(found["nodes"]) != PAGE:
                raise RuntimeError(f"page {at + 1} has {len(found['nodes'])} rows")
            cursors.append(found["pageInfo"]["endCursor"])
    return cursors


def _tell(http: httpx.Client, run: RunInfo, patient: str) -> None:
    """Enough facts about this patient, whatever was measured before."""
    service = run.services["assignment"]
    given = http.post(
        f"{service}/v1/homework",
        json={"patient_id": patient, "title": "Conversations"},
        headers={"Idempotency-Key": uuid4().hex},
    )
    given.raise_for_status()
    seen = given
    for _ in range(5 * PAGE):
        seen = http.post(
            f"{service}/v1/assignments/{given.json()['id']}/readiness-ratings",
            content=SCALED,
            headers={"Idempotency-Key": uuid4().hex, "Content-Type": "application/json"},
        )
        seen.raise_for_status()
    http.post(
        f"{run.gateway}/graphql",
        json={
            "query": "query($c: String) { me { personId } goals(first: 1, consistency: $c)"
            " { nodes { id } } }",
            "variables": {"c": seen.json()["consistency"]},
        },
    )


def _headers(run: RunInfo) -> dict[str, str]:
    return {"Authorization": f"Bearer {run.tokens['therapist']}"}
