"""The epochs of the pseudonyms, and the lock under which consents and epochs change."""

from sqlalchemy import Connection, Engine, event, text

_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('interlude.analytics', 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('interlude.analytics', 0))")
_CURRENT = text("SELECT max(number) FROM analytics_epochs")
_NEXT = text("""
INSERT INTO analytics_epochs (number) SELECT max(number) + 1 FROM analytics_epochs RETURNING number
""")


def under_unchanging_consents(engine: Engine) -> None:
    """Every transaction of this engine ends before a consent or the epoch changes, or begins after.

    From its first statement: what a transaction knows of how far streams have come must not be
    older than what it knows of consents, for a late consent takes streams back.
    """

    @event.listens_for(engine, "begin")
    def _share(db: Connection) -> None:
        db.execute(_SHARED)


def hold_still(db: Connection) -> None:
    """Until the transaction ends nothing is derived."""
    db.execute(_ALONE)


def current(db: Connection) -> int:
    return int(db.execute(_CURRENT).scalar_one())


def rotate(db: Connection) -> int:
    """The new epoch; every record that is derived from now on carries it."""
    hold_still(db)
    return int(db.execute(_NEXT).scalar_one())
