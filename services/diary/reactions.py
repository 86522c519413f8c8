"""When this happened elsewhere, request that here: all of the diary's on one screen.

interlude.review.ReviewCompleted  →  FileHomework in the patient's notebook (P2)
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from libs.eventstore.desk import Desk
from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.reading import Fact
from services.diary.domain import notebook
from services.diary.domain.entry import AssignmentId, PatientId
from services.diary.domain.notebook import FileHomework, ReviewId, SessionId

Notebooks = Desk[notebook.Command, notebook.State, notebook.Event]

CATEGORIES = frozenset({"review"})


class ReviewCompleted(Fact):
    """The part of it that a notebook needs, and no more."""

    patient_id: UUID
    assignment_id: UUID
    session_id: UUID


def reactions(notebooks: Notebooks) -> Reactions:
    def file_homework(cause: Cause[ReviewCompleted], _kept: Connection) -> Sequence[Wish]:
        reviewed = cause.fact
        command = FileHomework(
            **cause.telling,
            patient_id=PatientId(reviewed.patient_id),
            assignment_id=AssignmentId(reviewed.assignment_id),
            review_id=ReviewId(cause.recorded.stream_uuid),
            session_id=SessionId(reviewed.session_id),
        )
        return [
            Wish(desk=notebooks, stream_uuid=reviewed.patient_id, command=command, creates=True)
        ]

    return {
        "interlude.review.ReviewCompleted.v1": [
            Reaction(name="file-homework", reads=ReviewCompleted, wishes=file_homework)
        ],
    }
