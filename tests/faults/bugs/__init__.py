"""Mistakes that systems like this have really made, to be planted into a process of ours.

A checker that finds none of them would be worth nothing. Each is a few lines around the product's
own functions, in a process under test only; `tests.faults.plants` says where and with which fault
each is looked for.
"""

from tests.faults.bugs import deriving, publishing, reading, saying, writing
from tests.faults.bugs.bug import names, plant

__all__ = ["deriving", "names", "plant", "publishing", "reading", "saying", "writing"]
