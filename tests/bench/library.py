"""The `eventsourcing` package on PostgreSQL behind the same FastAPI: the nearest library."""

from typing import Annotated
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastapi import FastAPI
from pydantic import BaseModel, Field


class Ratings(BaseModel):
    readiness: Annotated[int, Field(ge=0, le=10)]
    confidence: Annotated[int, Field(ge=0, le=10)]
    importance: Annotated[int, Field(ge=0, le=10)]


class Homework(Aggregate):
    @event("Created")
    def __init__(self, title: str) -> None:
        self.title = title
        self.rated = 0

    @event("ReadinessRated")
    def rate(self, readiness: int, confidence: int, importance: int) -> None:
        del readiness, confidence, importance  # the fact keeps them; no rule here needs them
        self.rated += 1


class Assignments(Application[UUID]):
    pass


app = FastAPI()
assignments = Assignments()  # its persistence is set by the PERSISTENCE_MODULE and POSTGRES_* names


@app.post("/homework", status_code=201)
def create() -> dict[str, str]:
    homework = Homework(title="conversations")
    assignments.save(homework)
    return {"id": str(homework.id)}


@app.post("/ratings/{assignment}", status_code=201)
def rate(assignment: UUID, body: Ratings) -> dict[str, str]:
    homework: Homework = assignments.repository.get(assignment)
    homework.rate(body.readiness, body.confidence, body.importance)
    assignments.save(homework)
    return {"id": str(homework.id)}
