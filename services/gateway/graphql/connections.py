"""Pages of lists, as Relay has them."""

from typing import Generic, TypeVar

import strawberry

T = TypeVar("T")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="There is more after it.")
    has_previous_page: bool = strawberry.field(description="There is more before it.")
    start_cursor: str | None = strawberry.field(description="Of the first item.")
    end_cursor: str | None = strawberry.field(description="Of the last item.")


@strawberry.type(description="An item with its place in the list.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="For `after` and `before`.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items with their cursors.")
    nodes: list[T] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
