"""What an operator does to the read models: look, verify, rebuild, try again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, NullPool, create_engine, make_url

from libs.access.erasing import SPARED
from libs.eventstore import standing, twins
from libs.eventstore.comparing import Difference
from libs.eventstore.projecting import LIVE
from libs.eventstore.rebuilding import CannotRebuild, Model, Rebuilding, alone
from libs.eventstore.revisions import head_of
from libs.eventstore.twins import Schemas
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from libs.process.looking import Looking, asked, standings
from libs.process.parts import utc_now
from libs.process.settings import Migrating
from libs.process.showing import shown
from services.gateway.contracts import SERVICES
from services.gateway.projections import erased, everything, feed
from services.gateway.settings import RebuildSettings

SCHEMAS = Schemas(live="gateway", next="gateway_next", old="gateway_old")
GOES_ON = "Stopped, as asked: run it again, and it goes on from here."

# The feed's numbers are the order in which facts became visible, which no topic tells. Whether it
# holds every fact, once, under the numbers from 1 to the last, can be verified.
_FEED = {
    feed.feed.name: [["tenant_id", "patient_id", "number"], ["tenant_id", "patient_id", "event_id"]]
}


def status(settings: Looking) -> Sequence[Mapping[str, Any]]:
    """One of each projection; those that are being rebuilt have a second."""
    rebuilds = {f"rebuild:{name}": name for name in everything.BY_NAME}
    topics = [topic_of(each, settings.topic_prefix) for each in SERVICES]
    with asked(settings) as db:
        begun = [reader for reader in rebuilds if standing.reads(db, reader)]
        live, *others = standings(db, settings, [LIVE, *begun], topics)
        rows = [(name, live) for name in everything.BY_NAME]
        rows += [(rebuilds[other.reader], other) for other in others]
        return [
            {
                "projection": name,
                **asdict(each),
                "old_tables": twins.kept(db, _tables(name), SCHEMAS.old),
            }
            for name, each in rows
        ]


def rebuilt(settings: RebuildSettings, name: str) -> Sequence[Difference]:
    """How the old tables differed from the new ones, which are live now."""
    if everything.BY_NAME[name] not in everything.READ_MODELS:
        raise CannotRebuild(
            f"{name} is never rebuilt: its numbers are the places that live clients resume from. "
            f"`projector verify {name}` says whether it holds every fact once."
        )
    with _rebuilding(settings, name) as rebuilding:
        rebuilding.begin(to_switch=True)
        with shown(f"{name}: rebuilding", interrupted=GOES_ON) as told:
            rebuilding.catch_up(told)
            found = rebuilding.compared()
            told(rebuilding.records, rebuilding.records)
        rebuilding.switch()
    return found


def verified(settings: RebuildSettings, name: str) -> Sequence[Difference]:
    """How the live tables differ from what the topics make; nothing is left of the comparison."""
    with _rebuilding(settings, name) as rebuilding:
        rebuilding.begin()
        with shown(f"{name}: verifying", interrupted=GOES_ON) as told:
            rebuilding.catch_up(told)
            found = rebuilding.compared()
        rebuilding.abandon()
    return found


def dropped(settings: Migrating, name: str) -> int:
    """How many old tables there were."""
    with (
        _engine(settings.migration_database_url).connect() as owner,
        alone(owner, name),
        owner.begin(),
    ):
        return twins.drop(owner, _tables(name), SCHEMAS.old)


@contextmanager
def _rebuilding(settings: RebuildSettings, name: str) -> Iterator[Rebuilding]:
    topics = {topic_of(each, settings.topic_prefix): each for each in SERVICES}
    with (
        _engine(settings.migration_database_url).connect() as owner,
        alone(owner, name),
        closing(connect(settings.broker_url.get_secret_value())) as broker,
        closing(
            Rebuilding(
                _model(name),
                owner=owner,
                writer=_engine(settings.database_url, SCHEMAS.next, SCHEMAS.live),
                schemas=SCHEMAS,
                broker=broker,
                chain_keys={at: settings.key(f"chain:{each}") for at, each in topics.items()},
                live=LIVE,
                forgotten=erased.forgotten,
                spared=SPARED,
                mark=_mark(),
                now=utc_now,
            )
        ) as rebuilding,
    ):
        yield rebuilding


def _model(name: str) -> Model:
    projection = everything.BY_NAME[name]
    made = everything.MadeAnew(projection)
    return Model(name=name, tables=_tables(name), projection=made, views=_FEED)


def _tables(name: str) -> Sequence[str]:
    return [table.name for table in everything.BY_NAME[name].tables]


def _mark() -> str:
    """Changes with what decides which rows come out: the projections' code, and the schema."""
    sources = sorted(Path(everything.__file__).parent.glob("*.py"))
    digest = sha256(b"".join(source.read_bytes() for source in sources))
    return f"{digest.hexdigest()[:16]} {head_of('gateway')}"


def _engine(url: SecretStr, *schemas: str) -> Engine:
    """`schemas` are where names are looked up, if not where the role looks anyway."""
    path = {"options": f"-c search_path={','.join(schemas)}"} if schemas else {}
    made = make_url(url.get_secret_value()).set(drivername="postgresql+psycopg")
    return create_engine(made, poolclass=NullPool, connect_args=path)
