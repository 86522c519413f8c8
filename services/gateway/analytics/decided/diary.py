"""What passes of the diary's facts: that something was recorded and how, never an answer, and of
what a patient recorded for themselves alone not even that.
"""

from collections.abc import Mapping

from services.gateway.analytics.decided.common import (
    EXPERIENCED,
    IN_THE_KEY,
    ITEM,
    PLACE_ON_EARTH,
    PSEUDONYM,
    TOLD_BY_DAYS,
    TRUTH,
    WORKSHEET,
    WRITTEN,
)
from services.gateway.analytics.passing import Decision, LeftOut, Passes, Stays, codes

_DEVICE = LeftOut("a device is as good as a name")

DECIDED: Mapping[str, Decision] = {
    "interlude.diary.DiaryEntryRecorded.v1": Passes(
        about="entry",
        # Who consents to analytics is asked about their treatment; a diary of one's own is no part
        # of it. Shared later, it does not pass either: it would have to be kept for that meanwhile.
        only_if=("visibility", "shared"),
        fields={
            "entry_id": PSEUDONYM,
            "patient_id": IN_THE_KEY,
            "worksheet": WORKSHEET,
            "definition_version": LeftOut("a text, though a short one"),
            "assignment_id": PSEUDONYM,
            "occurrence_id": PSEUDONYM,
            "experienced_at": EXPERIENCED,
            "zone": PLACE_ON_EARTH,
            "recording_mode": codes(
                "in_the_moment", "same_day", "retrospective", "written_on_paper"
            ),
            "written_at": TOLD_BY_DAYS,
            "time_uncertain": TRUTH,
            "source": codes("patient", "transcribed", "interview", "imported"),
            "visibility": codes("shared", "private"),
            "location": WRITTEN,
            "with_whom": LeftOut("the company that somebody keeps"),
            "with_whom_other": WRITTEN,
            "notes": WRITTEN,
            "locale": LeftOut("a language can be rare in a clinic"),
            "client_seq": _DEVICE,
            "device_id": _DEVICE,
            "answers": ITEM,
        },
    ),
    "interlude.diary.EntryShared.v1": Stays("between the patient and who treats them"),
    "interlude.diary.EntrySharingWithdrawn.v1": Stays("between the patient and who treats them"),
    "interlude.diary.HomeworkFiled.v1": Passes(
        fields={
            "patient_id": IN_THE_KEY,
            "assignment_id": PSEUDONYM,
            "review_id": PSEUDONYM,
            "session_id": PSEUDONYM,
            "filed_at": TOLD_BY_DAYS,
        }
    ),
}
