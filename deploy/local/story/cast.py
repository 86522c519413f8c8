"""Who appears in the story, and the scales they speak on."""

from typing import Any

from deploy.local.people import PEOPLE

THERAPIST = str(PEOPLE["therapist"].id)
OTHER_THERAPIST = str(PEOPLE["other_therapist"].id)
PATIENT = str(PEOPLE["patient"].id)
THREE_OTHERS = ("Priya", "Tom", "Grace")


def out_of_ten(value: int) -> dict[str, Any]:
    return {"value": value, "scale": {"min": 0, "max": 10}}


def out_of_hundred(value: int) -> dict[str, Any]:
    return {"value": value, "scale": {"min": 0, "max": 100}}
