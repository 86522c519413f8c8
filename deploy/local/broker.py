"""The broker of `make run`: a Kafka of our own, the embedded log, or the one of BROKER_URL."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from deploy.local import child
from deploy.local.backing import KAFKA_STOPS, Backing, running
from deploy.local.choices import BrokerKind, Choices
from deploy.local.kafka import KafkaServer
from deploy.local.kafka_jars import KafkaUnavailable
from deploy.local.ports import listens
from deploy.local.processes import Ports
from deploy.local.trouble import Trouble
from deploy.local.var import Var

FETCH_SECONDS = 120.0
"""How long the first run waits for Kafka's jars."""

_SETTLED = "broker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """`instead` says why it is not the Kafka that one would expect."""

    kind: BrokerKind
    url: str = field(repr=False)
    backing: Backing | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brokers:
    """What there is to choose from; `stack` holds what is started."""

    var: Var
    ports: Ports
    embedded_url: str
    stack: ExitStack
    progress: Callable[[int, int], None]

    def choose(self, choices: Choices) -> Chosen:
        """Raises `Trouble` when what is stored was published to another kind of broker."""
        settled = (self.var.remembered(_SETTLED) or {}).get("kind")
        wanted = choices.broker or settled
        if settled is not None and wanted != settled:
            raise Trouble(
                f"What is stored in {self.var.folder} was published with the {settled} broker, "
                "and no other has it. Run with that one, or `make reset` first."
            )
        broker = self._started(wanted, choices.broker_url)
        self.var.remember(_SETTLED, {"kind": broker.kind})
        return broker

    def _started(self, wanted: BrokerKind | None, url: str | None) -> Chosen:
        match wanted:
            case "given":
                if url is None:
                    raise Trouble("The broker that this data was published to needs BROKER_URL.")
                return Chosen(kind="given", url=url)
            case "embedded":
                return Chosen(kind="embedded", url=self.embedded_url)
            case "kafka":
                return self._kafka_or_trouble()
            case None:
                return self._kafka_or_embedded()

    def _kafka_or_trouble(self) -> Chosen:
        try:
            return self._kafka()
        except KafkaUnavailable as why:
            raise Trouble(f"{why} `BROKER=embedded make run` needs no Kafka.") from why

    def _kafka_or_embedded(self) -> Chosen:
        try:
            return self._kafka()
        except (KafkaUnavailable, Trouble) as why:
            return Chosen(kind="embedded", url=self.embedded_url, instead=str(why))

    def _kafka(self) -> Chosen:
        server = KafkaServer(
            self.var.kafka,
            self.ports.kafka,
            controller_port=self.ports.kafka_controller,
            fetch_within=FETCH_SECONDS,
        )
        server.prepare(self.progress)
        backing = self.stack.enter_context(
            running(
                "Kafka",
                child.argv(server.command),
                log=server.log,
                ready=lambda: listens(self.ports.kafka),
                stops=KAFKA_STOPS,
                environment=server.environment,
            )
        )
        return Chosen(kind="kafka", url=server.url, backing=backing)
