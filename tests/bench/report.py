"""Figures as people read them: minimum, median and maximum of the rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    min: float
    median: float
    max: float

    @classmethod
    def of(cls, rounds: Sequence[float]) -> "Spread":
        return cls(round(min(rounds), 3), round(median(rounds), 3), round(max(rounds), 3))

    def __str__(self) -> str:
        return f"{self.median:g} ({self.min:g} to {self.max:g})"
