"""The keyring's tables. In production it is a database of its own, with backups of at most 30
days, so that a destroyed key is gone everywhere by then.
"""

from pathlib import Path

from sqlalchemy import Connection, text

from libs.eventstore.migrations import run_script

_WALLS = Path(__file__).parent / "walls.sql"
_ROTATION = Path(__file__).parent / "rotation.sql"
_OVERWRITING = Path(__file__).parent / "overwriting.sql"

_TABLE = """
CREATE TABLE subject_keys (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    class text NOT NULL,
    generation int NOT NULL,
    wrapped bytea,
    destroyed_at timestamptz,
    PRIMARY KEY (tenant_id, subject_id, class, generation),
    CONSTRAINT a_key_or_its_tombstone CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)
"""
# A destroyed key still lies in the old row until it is vacuumed, hence the zeros above.

_TOMBSTONES_STAY = """
CREATE FUNCTION tombstones_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a destroyed key is never made again';
END
$$;
CREATE TRIGGER tombstones_stay BEFORE UPDATE ON subject_keys
    FOR EACH ROW WHEN (OLD.destroyed_at IS NOT NULL) EXECUTE FUNCTION tombstones_stay();
"""
_RIGHTS = """
GRANT SELECT, INSERT, UPDATE (wrapped, destroyed_at) ON subject_keys TO keyring_app
"""


def create_keyring(connection: Connection) -> None:
    for statement in (_TABLE, _TOMBSTONES_STAY, _RIGHTS):
        connection.execute(text(statement))


def build_walls(connection: Connection) -> None:
    run_script(connection, _WALLS, reader="keyring_app", writer="keyring_writer")


def allow_rotation(connection: Connection) -> None:
    run_script(
        connection,
        _ROTATION,
        reader="keyring_app",
        writer="keyring_writer",
        rotator="keyring_rotator",
    )


def overwrite_the_destroyed(connection: Connection) -> None:
    run_script(connection, _OVERWRITING, writer="keyring_writer", rotator="keyring_rotator")
