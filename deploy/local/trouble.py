"""What stops a start, said so that a person knows what to do next.

Trouble
"""


class Trouble(Exception):  # noqa: N818 - told to the person at the terminal, without a stack trace
    """The first argument is one or two sentences: what is wrong, and what to do about it."""
