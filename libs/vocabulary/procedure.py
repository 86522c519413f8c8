"""The related procedures that the source names: a closed set of eight."""

from typing import Literal

Procedure = Literal[
    "behavioral_activation",
    "client_therapist_collaboration",
    "cognitive_restructuring",
    "collaborative_empiricism",
    "committed_action",
    "experiment",
    "role_play",
    "socratic_questioning",
]
