"""Arguments that many queries take."""

from typing import Annotated

import strawberry

First = Annotated[int | None, strawberry.argument(description="The first so many items, 1 to 100.")]
Last = Annotated[int | None, strawberry.argument(description="The last so many items, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Only items after this cursor.")]
Before = Annotated[str | None, strawberry.argument(description="Only items before this cursor.")]
Consistency = Annotated[
    str | None,
    strawberry.argument(
        description="A command's `consistency`: wait (500 ms at most) until it is visible here."
    ),
]
Strict = Annotated[
    bool,
    strawberry.argument(description="Fail with STALE_READ rather than answer from before it."),
]
