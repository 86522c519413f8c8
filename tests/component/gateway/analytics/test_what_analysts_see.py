"""Who is who in the analytics stream: the same within one epoch, and nobody beyond it."""

from typing import Any
from uuid import UUID, uuid5

import orjson
import psycopg
import pytest

from libs.messaging.envelope import topic_of
from libs.process.keys import KeyNotGiven
from libs.testing.cast import ANNA, LEV, MASHA, NOW
from libs.testing.topics import tampered
from services.gateway.analytics.knowing import KNOWING
from tests.component.gateway.analytics.stage import Stage, consent, homework, told

pytestmark = pytest.mark.postgres

BEGAN = (
    "CareRelationshipBegan",
    {
        "relationship_id": "00000000-0000-7000-8000-0000000000d1",
        "patient_id": str(MASHA),
        "therapist_id": str(ANNA),
        "began_at": "2026-02-16T09:00:00Z",
    },
)
SESSIONS = ("2026-02-20T16:00:00Z", "2026-02-27T16:00:00Z", "2026-03-06T16:00:00Z")
HOMEWORK = uuid5(MASHA, "homework")
PLAN = {
    "plan_version": 1,
    "timing": {"rule": "scheduled", "zone": "Europe/London", "on_date": "2026-03-02"},
    "zone": "Europe/London",
    "specified_by": "patient",
    "specified_at": "2026-03-02T09:00:00Z",
}


def session(number: int, starts_at: str) -> Any:
    uuid = UUID(int=0xE0 + number)
    scheduled = (
        "SessionScheduled",
        {
            "session_id": str(uuid),
            "patient_id": str(MASHA),
            "therapist_id": str(ANNA),
            "starts_at": starts_at,
            "zone": "Europe/London",
            "duration_min": 50,
        },
    )
    return told("session", uuid, (1.0, scheduled))


def in_therapy(stage: Stage) -> None:
    """Since two weeks before NOW; two sessions were held, the third is to come."""
    stage.tell(*told("relationship", UUID(int=0xD1), (0.5, BEGAN)))
    for number, starts_at in enumerate(SESSIONS, 1):
        stage.tell(*session(number, starts_at))
    stage.tell(*consent(0))


def by_kind(stage: Stage, kind: str) -> list[Any]:
    return [each for each in stage.outbox() if each.kind == kind]


def test_every_record_says_how_far_therapy_is_instead_of_when(stage: Stage) -> None:
    in_therapy(stage)
    stage.tell(*homework({5: 100}))
    stage.settle()
    (done,) = by_kind(stage, "OccurrenceCompleted")
    assert (done.content["days_since_start"], done.content["session_number"]) == (14, 2)
    assert done.fact["experienced"] == {"day": 14}
    assert [each.content["session_number"] for each in by_kind(stage, "SessionScheduled")] == [
        1,
        2,
        3,
    ]
    assert [each.fact["starts_day"] for each in by_kind(stage, "SessionScheduled")] == [4, 11, 18]


def test_without_a_known_beginning_there_are_no_days(stage: Stage) -> None:
    stage.tell(*consent(0), *homework({5: 100}))
    stage.settle()
    (done,) = by_kind(stage, "OccurrenceCompleted")
    assert (done.content["days_since_start"], done.content["session_number"]) == (None, 0)


def test_what_belongs_together_goes_by_the_same_name(stage: Stage) -> None:
    in_therapy(stage)
    opened = (
        "ReviewOpened",
        {
            "review_id": str(UUID(int=7)),
            "assignment_id": str(HOMEWORK),
            "session_id": str(UUID(int=0xE2)),
            "patient_id": str(MASHA),
            "therapist_id": str(ANNA),
        },
    )
    stage.tell(*homework({5: 100}), *told("review", UUID(int=7), (6.0, opened)))
    stage.settle()
    (done,), (review,) = by_kind(stage, "OccurrenceCompleted"), by_kind(stage, "ReviewOpened")
    second = by_kind(stage, "SessionScheduled")[1]
    assert done.headers["ce_subject"] == f"assignment-{review.fact['assignment_id']}"
    assert second.fact["session_id"] == review.fact["session_id"]
    assert done.key == review.key == done.content["patient"] == review.headers["ce_partitionkey"]
    assert "therapist_id" not in review.fact


def test_patients_share_no_name(stage: Stage) -> None:
    stage.tell(*consent(0), *consent(0, patient=LEV))
    stage.tell(*homework({5: 1}), *homework({5: 2}, patient=LEV))
    stage.settle()
    one, other = by_kind(stage, "OccurrenceCompleted")
    assert one.key != other.key
    assert one.fact["occurrence_id"] != other.fact["occurrence_id"]
    assert one.content["clinic"] == other.content["clinic"]


def test_a_correction_names_what_it_supersedes(stage: Stage) -> None:
    revised = {
        **{name: value for name, value in PLAN.items() if not name.startswith("specified")},
        "plan_version": 2,
        "revised_by": "therapist",
        "revised_at": "2026-03-02T09:10:00Z",
    }
    stage.tell(
        *consent(0),
        *told("assignment", HOMEWORK, (5, ("PlanSpecified", PLAN)), (9, ("PlanRevised", revised))),
    )
    stage.settle()
    (specified,), (later,) = by_kind(stage, "PlanSpecified"), by_kind(stage, "PlanRevised")
    assert later.content["supersedes"] == specified.headers["ce_id"]
    assert "supersedes" not in specified.content


def test_a_rotation_begins_an_epoch_in_which_nobody_is_known(stage: Stage) -> None:
    facts = homework({5: 1, 300: 2})
    stage.tell(*consent(0), facts[0])
    stage.settle()
    assert stage.rotate() == 2
    stage.wait(300)
    stage.tell(facts[1])
    stage.settle()
    before, after = by_kind(stage, "OccurrenceCompleted")
    assert (before.headers["ce_epoch"], before.content["epoch"]) == ("1", 1)
    assert (after.headers["ce_epoch"], after.content["epoch"]) == ("2", 2)
    for name in ("clinic", "patient"):
        assert before.content[name] != after.content[name]
    assert before.headers["ce_subject"] != after.headers["ce_subject"]


def test_no_epoch_begins_that_there_is_no_key_for(stage: Stage) -> None:
    assert [stage.rotate(), stage.rotate()] == [2, 3]
    with pytest.raises(KeyNotGiven, match=r"^ANALYTICS_KEYS: there is none for analytics:4\.$"):
        stage.rotate()
    assert stage.ask("SELECT max(number) FROM gateway.analytics_epochs") == 3


def test_across_a_rotation_a_correction_names_nothing(stage: Stage) -> None:
    moved = {"starts_at": "2026-03-09T16:00:00Z", "zone": "Europe/London", "duration_min": 50}
    both = told(
        "session",
        UUID(int=0xE3),
        (1.0, ("SessionScheduled", orjson.loads(session(3, SESSIONS[2])[0].data))),
        (300.0, ("SessionRescheduled", moved)),
    )
    stage.tell(*consent(0), both[0])
    stage.settle()
    stage.rotate()
    stage.wait(300)
    stage.tell(both[1])
    stage.settle()
    (later,) = by_kind(stage, "SessionRescheduled")
    assert "supersedes" not in later.content


def test_every_name_that_a_patient_has_had_is_to_be_forgotten(stage: Stage) -> None:
    words = consent(0, 400)
    stage.tell(words[0], *homework({5: 1}))
    stage.settle()
    stage.rotate()
    stage.wait(400)
    stage.tell(words[1])
    stage.settle()
    forgotten = by_kind(stage, "ConsentWithdrawn")
    assert [each.content["epoch"] for each in forgotten] == [1, 2]
    assert forgotten[0].key == by_kind(stage, "OccurrenceCompleted")[0].key
    assert all(each.fact == {"forget": each.key} for each in forgotten)
    assert all(each.content["days_since_start"] is None for each in forgotten)
    one, other = (each.content for each in forgotten)
    assert (one["patient"], one["clinic"]) != (other["patient"], other["clinic"])


def test_a_code_that_nobody_has_decided_on_stops_its_stream_and_nothing_else(stage: Stage) -> None:
    engaged = "NonEngagementRecorded", {"engagement": "larry", "occurrence_ids": []}
    stage.tell(*consent(0), *told("review", UUID(int=7), (5.0, engaged)), *homework({6: 1}))
    stage.settle()
    assert sorted(stage.kinds()) == ["ConsentGiven", "OccurrenceCompleted"]
    assert stage.publishing.parked == 1
    assert stage.ask("SELECT code FROM gateway.parked") == "NotAsDecided"


def test_while_a_consent_is_in_doubt_nothing_more_is_said(stage: Stage) -> None:
    words = consent(0, 100)
    stage.tell(words[0])
    stage.settle()
    with psycopg.connect(stage.database.url) as superuser:
        superuser.execute(
            """INSERT INTO gateway.parked (reader, topic, partition, topic_id, "offset", tenant_id,
                stream_id, version, code, since, tries)
            VALUES (%s, 'lost', 0, 'lost', 0, %s, %s, 2, 'DataError', %s, 1)""",
            [KNOWING, words[1].tenant_id, words[1].stream_id, NOW],
        )
    stage.tell(*homework({5: 1}))
    stage.settle()
    assert by_kind(stage, "OccurrenceCompleted") == []
    assert stage.publishing.parked == 1


def test_a_stranger_consents_for_nobody(stage: Stage) -> None:
    stage.tell(*homework({5: 1}))
    forged = tampered(consent(0)[0], chain=b"\x01" * 16)
    stage.topics.tell(topic_of("care"), [forged])
    stage.settle()
    assert stage.outbox() == []


ENTRY = {
    "patient_id": str(MASHA),
    "worksheet": "interpersonal_practice",
    "definition_version": "1.0",
    "experienced_at": {"start": "2026-03-02T11:00:00Z"},
    "zone": "Europe/London",
    "recording_mode": "same_day",
    "source": "patient",
    "answers": {},
}


def entry(uuid: UUID, visibility: str, *later: tuple[float, Any]) -> Any:
    recorded = {**ENTRY, "entry_id": str(uuid), "visibility": visibility}
    return told("entry", uuid, (5.0, ("DiaryEntryRecorded", recorded)), *later)


def test_what_a_patient_recorded_for_herself_alone_does_not_pass(stage: Stage) -> None:
    in_therapy(stage)
    stage.tell(*entry(UUID(int=0x91), "private"), *entry(UUID(int=0x92), "shared"))
    stage.settle()
    (passed,) = by_kind(stage, "DiaryEntryRecorded")
    assert passed.fact["visibility"] == "shared"


def test_nor_does_it_once_she_has_shared_it_with_her_therapist(stage: Stage) -> None:
    shared = (6.0, ("EntryShared", {"shared_at": "2026-03-02T12:00:00Z"}))
    taken_back = (7.0, ("EntrySharingWithdrawn", {"withdrawn_at": "2026-03-02T13:00:00Z"}))
    in_therapy(stage)
    stage.tell(*entry(UUID(int=0x93), "private", shared, taken_back))
    stage.settle()
    assert not {"DiaryEntryRecorded", "EntryShared", "EntrySharingWithdrawn"} & set(stage.kinds())


def test_recorded_before_a_late_consent_it_does_not_pass_either(stage: Stage) -> None:
    """Its place was kept, as that of all else."""
    stage.tell(*entry(UUID(int=0x94), "private"), *entry(UUID(int=0x95), "shared"))
    stage.settle()
    stage.tell(*consent(0))
    stage.settle()
    assert len(by_kind(stage, "DiaryEntryRecorded")) == 1
