"""What a clinic's templates say, version by version."""

from typing import Any

from tests.faults.fold.fact import Fact
from tests.faults.fold.tables import Tables

_BESIDE = {"template_id", "template_version", "published_at", "revised_at"}


def tell(tables: Tables, fact: Fact) -> None:
    if fact.category != "template":
        return
    match fact.name:
        case "TemplatePublished":
            tables.set(
                "templates", fact.tenant, fact.uuid, published_at=fact.instant("published_at")
            )
            _version(tables, fact, "published_at")
        case "TemplateRevised":
            _version(tables, fact, "revised_at")
        case "TemplateRetired":
            tables.set("templates", fact.tenant, fact.uuid, retired_at=fact.instant("retired_at"))


def _version(tables: Tables, fact: Fact, when: str) -> None:
    version = fact.said["template_version"]
    tables.set("templates", fact.tenant, fact.uuid, template_version=version)
    tables.set(
        "template_versions",
        fact.tenant,
        fact.uuid,
        version,
        since=fact.instant(when),
        content=_content(fact),
    )


def _content(fact: Fact) -> dict[str, Any]:
    return {name: value for name, value in fact.said.items() if name not in _BESIDE}
