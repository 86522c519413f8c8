"""A summary as Markdown (CommonMark): headings, lists and lines of our own; whatever somebody wrote
stands in it as they wrote it, and can be no markup.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from libs.privacy.private import Private
from services.assignment.domain.summary import Language, SummaryIssued, Written
from services.assignment.writing.english import ENGLISH
from services.assignment.writing.gathering import Foreseen, Gathered, gathered
from services.assignment.writing.planned import listed, slots
from services.assignment.writing.spanish import SPANISH
from services.assignment.writing.words import Words

WORDS: Mapping[Language, Words] = {"en": ENGLISH, "es": SPANISH}

_MARKUP = re.compile(r"[\\`*_\[\]<>&~|@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What means something wherever it stands, links that some make of an address among it."""
_AT_THE_START = re.compile(r"^(\d{0,9})([#+=:.)-])")
"""What means something at the start of a line; the number of a list may stand before it."""


def language_of(locale: str) -> Language:
    """English, where we do not write in theirs."""
    return "es" if locale.partition("-")[0] == "es" else "en"


def written(facts: Sequence[object], goals: Iterable[Private], locale: str) -> Written:
    """`facts` are the homework's own, opened, and `goals` the statements that its newest rationale
    serves.
    """
    told, language = gathered(facts, goals), language_of(locale)
    body = "\n".join(_lines(told, WORDS[language])) + "\n"
    digest = sha256(body.encode()).hexdigest()
    issued = [fact for fact in facts if isinstance(fact, SummaryIssued)]
    newest = issued[-1] if issued else None
    same = newest is not None and (newest.plan_version, newest.locale, newest.sha256) == (
        told.plan_version,
        language,
        digest,
    )
    return Written(
        plan_version=told.plan_version,
        summaries=newest.summary_version if newest else 0,
        language=language,
        body_markdown=body,
        sha256=digest,
        same_as=newest.summary_version if newest and same else None,
    )


def escaped(said: str) -> str:
    """One line of it."""
    return _AT_THE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", said), count=1)


def _lines(told: Gathered, words: Words) -> Iterator[str]:
    yield f"# {escaped(told.title or words.untitled)}"
    if told.instructions:
        yield from ("", escaped(told.instructions))
    yield from _why(told, words)
    yield from _plan(told, words)
    yield from _obstacles(told.obstacles, words)
    if told.first_step:
        yield from _chapter(words.first_step, [escaped(told.first_step)])
    yield from _notice(told, words)


def _chapter(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"## {escaped(heading)}", "", *lines)


def _why(told: Gathered, words: Words) -> Iterator[str]:
    said = [escaped(told.why)] if told.why else []
    if told.goals:
        said += [*([""] if said else []), escaped(words.serves), ""]
        said += [f"- {escaped(goal)}" for goal in told.goals]
    if said:
        yield from _chapter(words.why, said)


def _plan(told: Gathered, words: Words) -> Iterator[str]:
    said = [f"- **{escaped(asked)}**: {escaped(answer)}" for asked, answer in slots(told, words)]
    yield from _chapter(words.plan, said or [escaped(words.no_plan)])


def _obstacles(foreseen: Sequence[Foreseen] | None, words: Words) -> Iterator[str]:
    if foreseen is None:
        return
    said = [f"- {escaped(_foreseen(each, words))}" for each in foreseen]
    yield from _chapter(words.obstacles, said or [escaped(words.none_foreseen)])


def _foreseen(each: Foreseen, words: Words) -> str:
    when = each.when or each.text
    if each.then is None or when is None:
        return each.text or each.then or ""
    response = words.if_then.format(when=_if(when), then=each.then)
    return response if each.text in {None, when} else f"{each.text} {response}"


def _if(when: str) -> str:
    """People write the *if* along with what follows it, in either language, and end with a stop."""
    bare = re.sub(r"^(if|si)\s+", "", when, flags=re.IGNORECASE)
    return bare.rstrip(" .;,")


def _notice(told: Gathered, words: Words) -> Iterator[str]:
    said: list[str] = []
    if told.dimensions:
        named = [words.dimensions[each] for each in told.dimensions]
        said.append(words.look_at.format(what=listed(named, words)))
    if told.expected_learning:
        said.append(words.learn.format(what=told.expected_learning))
    said += [words.sign.format(what=each) for each in told.signs]
    if said:
        yield from _chapter(words.notice, [f"- {escaped(each)}" for each in said])
