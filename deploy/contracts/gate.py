"""The gate that every change of a published event has to pass, known from the tree alone.

`openapi/published.json` lists every version that was ever published with the digest of its schema
file, and only grows. A published file keeps its very bytes; the words in the code (docstrings) may
change, what a version means may not. A version that is not in the list yet has to be readable by
consumers of all that are.

Not on the main branch yet? Then it is not published: take its files and its line out again
(`git checkout main -- openapi`), and it may still change.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from deploy.contracts.catalogue import Published
from deploy.contracts.compatibility import ADVICE, breaches, meaning
from libs.eventstore.versions import first_version_of, version_of
from libs.eventstore.wire import Json

MANIFEST = "published.json"

Digests = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which rule was broken, in which event, where in it, and what to do."""

    name: str
    rule: str
    at: str
    why: str
    advice: str

    def __str__(self) -> str:
        place = f" at {self.at}" if self.at else ""
        return f"{self.name}: {self.rule}{place}: {self.why}. {self.advice}"


def digests(folder: Path) -> Digests:
    manifest = folder / MANIFEST
    published: Digests = orjson.loads(manifest.read_bytes()) if manifest.exists() else {}
    return published


def schema_file(folder: Path, name: str) -> Path:
    return folder / "events" / f"{name}.schema.json"


def example_file(folder: Path, name: str) -> Path:
    return folder / "events" / f"{name}.example.json"


def digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def refusals(folder: Path, facts: Sequence[Published]) -> list[Refusal]:
    """Of what the code would publish, and of what lies in the folder. Empty: it may be written."""
    published = digests(folder)
    found = list(_of_files(folder, published))
    if found:
        return found
    return [*_of_names(published, facts), *_of_schemas(folder, published, facts)]


def earlier(folder: Path, facts: Sequence[Published]) -> list[Published]:
    """The versions that nobody writes any more, as they were published. Some were, before each fact
    said what it means; they mean what the newest does.
    """
    newest = {first_version_of(fact.name): fact for fact in facts}
    written = {fact.name for fact in facts}
    return [
        _as_published(folder, name, newest[first_version_of(name)])
        for name in digests(folder)
        if name not in written
    ]


def _as_published(folder: Path, name: str, newest: Published) -> Published:
    schema = _read(folder, name)
    return Published(
        service=name.split(".")[1],
        category=newest.category,
        name=name,
        summary=" ".join(schema.get("description", "").split()) or newest.summary,
        schema=schema,
        example=orjson.loads(example_file(folder, name).read_bytes()),
    )


def _of_files(folder: Path, published: Digests) -> Iterator[Refusal]:
    back = f"Put it back: git checkout main -- {folder.name}/events"
    for name, was in published.items():
        file = schema_file(folder, name)
        if not file.exists():
            yield Refusal(name, "file-removed", "", "its schema is gone, its records stay", back)
        elif digest(file.read_bytes()) != was:
            why = "a published schema never changes"
            yield Refusal(name, "file-changed", "", why, f"{back}; then publish a new version.")
    for file in sorted((folder / "events").glob("*.schema.json")):
        name = file.name.removesuffix(".schema.json")
        if name not in published:
            advice = f"Put its line back, or, if it was never published, remove {file.name}."
            yield Refusal(name, "not-listed", "", f"{MANIFEST} does not know it", advice)


def _of_names(published: Digests, facts: Sequence[Published]) -> Iterator[Refusal]:
    written = {first_version_of(fact.name): fact.name for fact in facts}
    for fact, newest in _newest(published).items():
        now = written.get(fact)
        if now is None:
            why = "wire.py has no name for it any more, and its records are stored for ever"
            yield Refusal(newest, "no-longer-read", "", why, "Leave the fact where it was.")
        elif version_of(now) < version_of(newest):
            why = f"{newest} was published after it"
            yield Refusal(now, "taken-back", "", why, "Go on from the newest version.")
        elif version_of(now) > version_of(newest) + 1:
            why = f"the newest published version is {newest}"
            yield Refusal(now, "version-skipped", "", why, "Count on from it.")


def _newest(published: Digests) -> Mapping[str, str]:
    return {first_version_of(name): name for name in sorted(published, key=version_of)}


def _of_schemas(folder: Path, published: Digests, facts: Iterable[Published]) -> Iterator[Refusal]:
    for fact in facts:
        if fact.name in published:
            yield from _changed(fact, _read(folder, fact.name))
            continue
        for earlier in sorted(published, key=version_of):
            if first_version_of(earlier) == first_version_of(fact.name):
                yield from _unreadable(fact, earlier, _read(folder, earlier))


def _changed(fact: Published, file: Json) -> Iterator[Refusal]:
    if meaning(file) == meaning(fact.schema):
        return
    following = f"{fact.name.rpartition('.v')[0]}.v{version_of(fact.name) + 1}"
    advice = f"Put it back, or name it {following} in wire.py with an upcast from this one."
    what = "; ".join(f"{one.at} {one.what}" for one in breaches(file, fact.schema))
    why = f"the code no longer means what was published ({what or 'something was added'})"
    yield Refusal(fact.name, "published-changed", "", why, advice)


def _unreadable(fact: Published, earlier: str, schema: Json) -> Iterator[Refusal]:
    other = "Or it is another fact: give it a name of its own."
    for one in breaches(schema, fact.schema):
        why = f"{one.what} since {earlier}"
        yield Refusal(fact.name, one.rule, one.at, why, f"{ADVICE[one.rule]} {other}")


def _read(folder: Path, name: str) -> Json:
    schema: Json = orjson.loads(schema_file(folder, name).read_bytes())
    return schema
