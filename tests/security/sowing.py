"""Somebody who writes words of their own into every text of every command, one after the other as a
case goes on: so that each was kept at least once, and many were refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from libs.eventstore.telling import Role
from tests.security import access
from tests.security.asking import SERVICES, Asked, operations
from tests.security.clinics import Clinic
from tests.security.texts import Planting, bodies, commands, texts_in

ORDER = (
    "registerTherapist", "registerPatient", "consentToSharing",
    "setGoal", "reviseGoal", "recordGoalProgress", "createAssignment", "giveHomework",
    "offerOptions", "chooseOption", "addComponent", "chooseFirstComponent", "giveRationale",
    "recordPractice", "conceptualiseSituation", "recordExperience", "statePrediction",
    "reportObstacle", "anticipateObstacle", "planObstacleResponse", "specifyPlan",
    "checkUnderstanding", "rateReadiness",
    "gradeComponents", "rateTask", "stateCommitment", "exploreFit", "setTargetCognition",
    "proposeAssignment", "declineAssignment", "reviseAssignment", "agreeAssignment",
    "activateAssignment", "adjustAssignment", "pauseAssignment", "completePartially",
    "reopenAssignment", "recordNotDone", "reopenAssignment", "discontinueAssignment",
    "reopenAssignment", "completeHomework", "recordEntry", "openReview",
    "recordWorkDone", "recordReviewExperience", "recordNonEngagementLearning",
    "reportReviewObstacle", "exploreHomeworkBelief", "givePraise", "recordSkill", "completeReview",
    "enterInError", "closeGoal",
)  # fmt: skip
"""So that each finds what it needs; those without a text only lead on to the next."""

_MADE_BY = {
    "option_id": "offerOptions",
    "component_id": "addComponent",
    "obstacle_id": "reportObstacle",
    "because_rating_id": "rateReadiness",
}
_TEN = {"min": 0, "max": 10, "low_label": "x", "high_label": "x"}
_GRADED = [{"label": "x", "difficulty": {"value": each, "scale": _TEN}} for each in (3, 5)]
_BELIEF = {"text": "x", "belief": {"value": 70, "scale": {**_TEN, "max": 100}}}

AS_RULES_WANT: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "consentToSharing": ({"attested": "on_paper", "until": None},),
    "createAssignment": ({"technique": "other", "technique_other": "x"},),
    "giveHomework": (
        {"technique": "other", "technique_other": "x"},
        {"target_cognition": _BELIEF, "grading": {"components": _GRADED}},
    ),
    "checkUnderstanding": ({"change_beliefs": [{"text": "x"}]},),
    "gradeComponents": ({"components": _GRADED},),
    "adjustAssignment": ({"frequency": None},),
    "recordEntry": ({"with_whom": "other", "with_whom_other": "x"},),
}
"""What an example must become for a text of it to be kept: such fields hang together."""

_STAYS = {"createAssignment": "assignment", "openReview": "review"}
"""What everything after it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sown:
    """`pointers` are the texts that the body held."""

    command: str
    pointers: frozenset[str]
    answer: httpx.Response


@dataclass
class Sower:
    clinic: Clinic
    things: dict[str, UUID]
    planting: Planting
    http: httpx.Client
    parts: dict[str, str] = field(default_factory=dict)
    sown: list[Sown] = field(default_factory=list)

    def sow(self) -> None:
        known = {each.name: each for service in SERVICES for each in operations(service)}
        for name in ORDER:
            example = known[name].body(self.things) or {}
            wanted = [{**example, **change} for change in AS_RULES_WANT.get(name, ())]
            for body in (*bodies(name, example), *wanted):
                self._send(known[name], body)

    def kept(self) -> Iterator[tuple[str, str]]:
        """Command and pointer of each text that was taken."""
        for each in self.sown:
            if each.answer.is_success:
                yield from ((each.command, pointer) for pointer in each.pointers)

    def _send(self, asked: Asked, example: Mapping[str, Any]) -> None:
        body = {**self._of_this_case(example), **({"id": str(uuid4())} if "id" in example else {})}
        body.pop("occurred_at", None)
        planted = self.planting.planted(commands()[asked.name], body)
        answer = self.http.post(
            f"{self.clinic.run.services[asked.service]}{asked.path_of(self.things)}",
            json=planted,
            headers={
                "Authorization": f"Bearer {self.clinic.token(who_may(asked))}",
                "Idempotency-Key": str(uuid4()),
                "Interlude-After": self.clinic.told[-1],
            },
        )
        pointers = frozenset(texts_in(commands()[asked.name], body))
        self.sown.append(Sown(command=asked.name, pointers=pointers, answer=answer))
        if answer.is_success:
            self._remember(asked.name, planted, answer.json())

    def _of_this_case(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._of_this_case(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        return {
            name: self.parts.get(_MADE_BY.get(name, ""), each) if name in _MADE_BY
            else self._of_this_case(each)
            for name, each in value.items()
        }  # fmt: skip

    def _remember(self, name: str, body: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        self.clinic.told.append(answer["consistency"])
        options = body.get("options")
        self.parts[name] = options[0]["id"] if options else answer["id"]
        if name in _STAYS:
            self.things[_STAYS[name]] = UUID(answer["id"])


def who_may(asked: Asked) -> Role:
    relations = access.of(f"REST: {asked.service}")[asked.name].relations
    preferred: tuple[Role, ...] = ("therapist", "patient", "clinic_admin")
    return next(role for role in preferred if role in relations)
