"""A clock that a test winds."""

from datetime import datetime

from libs.testing.cast import NOW


class Watch:
    def __init__(self) -> None:
        self.seconds = 100.0
        self.now = NOW

    def __call__(self) -> float:
        return self.seconds

    def time_of_day(self) -> datetime:
        return self.now
