"""The diary over HTTP: patients write, therapists read what is shared with them."""

from http import HTTPStatus

from libs.access.policy import NOBODY, Subject, grant
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.vocabulary.rating import NotAScale, RatingOutsideScale
from libs.web.commands import Commands, Edge, Router
from services.diary import view
from services.diary.domain import entry, experienced, notebook
from services.diary.worksheets import UnknownWorksheetVersion
from services.diary.worksheets.definition import NotTheWorksheetsScale

Entries = Desk[entry.Command, entry.State, entry.Event]
Notebooks = Desk[notebook.Command, notebook.State, notebook.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    entry.CompanyNotOther,
    entry.NotTheirWayOfRecording,
    entry.OccurrenceWithoutAssignment,
    experienced.EndBeforeStart,
    NotAScale,
    NotTheWorksheetsScale,
    RatingOutsideScale,
    UnknownWorksheetVersion,
)
STATUSES = dict.fromkeys(WRONG_CONTENT, HTTPStatus.UNPROCESSABLE_ENTITY)

WRITERS = grant(patient="own", therapist="related", integrator="clinic")
THEIRS_ALONE = grant(patient="own")
READERS = grant(patient="own", therapist="related", supervisor="supervised")


def routes(edge: Edge, *, entries: Entries, notebooks: Notebooks) -> Router:
    return Router().take(_entries(edge, entries), _notebooks(edge, notebooks))


def _entries(edge: Edge, desk: Entries) -> Router:
    on = Commands(edge, desk, subject=_whose_entry)
    on.create(
        "/v1/entries",
        entry.RecordEntry,
        operation="recordEntry",
        grant=WRITERS,
        patients_act=True,
    )
    on.act(
        "/v1/entries/{id}/sharings",
        entry.ShareEntry,
        operation="shareEntry",
        grant=THEIRS_ALONE,
    )
    on.act(
        "/v1/entries/{id}/sharing-withdrawals",
        entry.WithdrawEntrySharing,
        operation="withdrawEntrySharing",
        grant=THEIRS_ALONE,
    )
    on.show("/v1/entries/{id}", view.EntryView, view.of_entry, operation="entry", grant=READERS)
    return on.router


def _notebooks(edge: Edge, desk: Notebooks) -> Router:
    """A patient's notebook has the patient's id."""
    on = Commands(edge, desk, subject=_whose_notebook)
    on.show(
        "/v1/notebooks/{id}",
        view.NotebookView,
        view.of_notebook,
        operation="notebook",
        grant=READERS,
    )
    return on.router


def _whose_entry(state: entry.State) -> Subject:
    if isinstance(state, entry.Unwritten):
        return NOBODY
    return Subject(patient_id=state.patient_id, private=state.visibility == "private")


def _whose_notebook(state: notebook.State) -> Subject:
    # Filed homework is known to whoever reviewed it.
    if isinstance(state, notebook.Empty):
        return NOBODY
    return Subject(patient_id=state.patient_id)
