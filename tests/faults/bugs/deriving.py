"""What analysts are told: of whom, until when, and how much."""

from typing import Any

from tests.faults.bugs.bug import bug


@bug
def withdrawals_unheard() -> None:
    """A consent is kept; that it was withdrawn is not."""
    from services.gateway.analytics.knowing import Knowing  # noqa: PLC0415 - only who has it

    Knowing._withdrawn = lambda *_: None  # type: ignore[method-assign]  # the bug


@bug
def consented_once_and_for_all() -> None:
    """Whoever has ever consented is told of, before it and after they withdrew."""
    from services.gateway.analytics import publishing  # noqa: PLC0415 - only who has it

    def verdict(standing: Any, _recorded: Any) -> str:
        return "publish" if standing else "hold"

    publishing.verdict = verdict  # type: ignore[attr-defined, assignment] # the bug


@bug
def passes_as_it_is() -> None:
    """The list of what may pass is not asked for the fields of a fact."""
    from services.gateway.analytics.passing import Within  # noqa: PLC0415 - only who has it

    def passed(_self: Within, value: Any, seen: Any) -> Any:  # noqa: ARG001 - by that name
        return value

    Within.passed = passed  # type: ignore[method-assign, assignment] # the bug
