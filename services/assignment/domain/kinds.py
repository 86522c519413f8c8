"""What kinds of homework there are (C08-C11), the same for homework and its templates."""

from typing import Literal

Category = Literal[
    "symptom_monitoring",
    "thought_evaluation",
    "behavioral_intervention",
    "psychoeducation",
    "other",
]
Technique = Literal[
    "exposure",
    "interpersonal_skills",
    "behavioral_experiment",
    "behavioral_activation",
    "relaxation",
    "other",
]
