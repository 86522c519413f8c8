"""How the diary's facts look outside it: in the event table, on the broker, in openapi/.

Every name and field is a promise. To change one, publish a new version beside the old and read
the old through a named upcast.
"""

from uuid import UUID

from libs.access import confirming
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.wire import Wire
from libs.privacy.private import KeyClass
from services.diary.domain import entry, notebook


def _under_which_key(recorded: entry.Event) -> KeyClass:
    """What is the patient's alone is erased at once on their wish, so it has a key of its own, and
    keeps it when it is shared later.
    """
    private = isinstance(recorded, entry.DiaryEntryRecorded) and recorded.visibility == "private"
    return "patient_private" if private else "clinical"


def _whose_entry(state: entry.State) -> UUID | None:
    return state.patient_id if isinstance(state, entry.Written) else None


def _whose_notebook(state: notebook.State) -> UUID | None:
    return state.patient_id if isinstance(state, notebook.Kept) else None


entries = Aggregate(
    category="entry",
    decider=entry.decider,
    wire=Wire[entry.Event](
        {
            entry.DiaryEntryRecorded: "interlude.diary.DiaryEntryRecorded.v1",
            entry.EntryShared: "interlude.diary.EntryShared.v1",
            entry.EntrySharingWithdrawn: "interlude.diary.EntrySharingWithdrawn.v1",
        },
        key_class=_under_which_key,
    ),
    subject=_whose_entry,
)

notebooks = Aggregate(
    category="notebook",
    decider=notebook.decider,
    wire=Wire[notebook.Event]({notebook.HomeworkFiled: "interlude.diary.HomeworkFiled.v1"}),
    subject=_whose_notebook,
)

confirmations = confirming.confirmations("interlude.diary.ErasureConfirmed.v1")
