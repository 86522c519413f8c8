"""Every refusal has a code, a status and words, and none is written down twice."""

from http import HTTPStatus

from libs.eventstore.decider import Rejected
from libs.eventstore.errors import NotKnownYet
from libs.web.codes import EDGE, of_rule, rules, status_of
from libs.web.problems import Problems


class ToldTwice(Rejected):
    """It was said before,
    and need not be said again.
    """

    code = "told-twice"


class ToldThrice(ToldTwice):
    code = "told-thrice"


def test_codes_are_kebab_case_with_sentences() -> None:
    for name, code in EDGE.items():
        assert name == name.lower().replace("_", "-")
        assert code.title
        assert code.detail.endswith((".", "least.", '"3".')), name


def test_a_rules_docstring_is_what_people_read() -> None:
    told = of_rule(ToldTwice, HTTPStatus.CONFLICT)
    assert told.title == "Told twice"
    assert told.detail == "It was said before, and need not be said again."


def test_a_rule_without_words_says_its_code_as_a_sentence() -> None:
    assert of_rule(ToldThrice, HTTPStatus.CONFLICT).detail == "Told thrice."


def test_every_rule_that_is_loaded_is_found_and_has_a_status() -> None:
    assert {ToldTwice, ToldThrice, NotKnownYet} <= set(rules())
    gone: dict[type[Rejected], HTTPStatus] = {ToldTwice: HTTPStatus.GONE}
    assert status_of(ToldTwice, gone) == status_of(ToldThrice, gone) == HTTPStatus.GONE
    assert status_of(NotKnownYet, gone) == HTTPStatus.CONFLICT


def test_an_error_that_nobody_expected_is_ours() -> None:
    reply = Problems().reply(ZeroDivisionError("the patient wrote: teacup"), "0" * 32)
    assert (reply.status, reply.outcome) == (500, "internal-error")
    assert b"teacup" not in reply.body
    assert b"ZeroDivision" not in reply.body
