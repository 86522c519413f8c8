"""All live projections, applied together in one transaction per batch."""

from libs.eventstore.projecting import Projection
from services.gateway.projections import (
    assignment,
    caseload,
    entries,
    feed,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    timeline,
    today,
)

READ_MODELS: tuple[Projection, ...] = (
    assignment,
    caseload,
    entries,
    goals,
    notebook,
    people,
    progress,
    review,
    sessions,
    timeline,
    today,
)
"""What can be emptied and filled again from the topics."""

LIVE: tuple[Projection, ...] = (*READ_MODELS, feed)
