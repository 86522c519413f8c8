"""What is said of a setting that cannot be used: what would be right, never what it holds."""

from pydantic_core import PydanticCustomError


def wrong(hint: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{hint}", {"hint": hint})
