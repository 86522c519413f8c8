"""Documents full of what there is not, variables that do not fit, questions about the schema."""

from collections.abc import Iterator
from typing import Any

from tests.security.hostile_graphql import CANARY, ME, WHOLE, Document, documents, times

_RATE = "mutation {{ rateReadiness(input: {{ {} }}) {{ id }} }}"
_LONG = "RecordNonEngagementLearning"
"""What many names of the schema nearly are."""

FLOODS = documents(
    {
        "unknown fields": f"{{ {times(1_500, f'{CANARY}#')} }}",
        "unknown fields far down": "{" + "\n" * 60_000 + times(150, f"{CANARY}#") + " }",
        "types that are nearly known": f"{{ {times(500, f'... on {_LONG}Payloaz# {{ id }}')} }}",
        "unknown arguments": f"{{ patient({times(1_200, f'{CANARY}#: 1')}) {{ id }} }}",
        "one argument again and again": f"{{ patient({times(1_200, 'id: #')}) {{ id }} }}",
        "unknown fields of an input": _RATE.format(times(1_200, f"{CANARY}#: 1")),
        "one field of an input": _RATE.format(times(1_200, "assignmentId: #")),
        "a list where there is none": _RATE.format(f"rating: [{'1 ' * 3_800}]"),
        "unknown variables": f"{{ patient(id: [{times(1_800, f'${CANARY}#')}]) {{ id }} }}",
        "variables that nobody uses": f"query({times(900, f'${CANARY}#: Int')}) {WHOLE}",
        "variables of unknown types": f"query({times(900, f'$v#: {CANARY}#')}) {WHOLE}",
        "fragments that nobody uses": WHOLE + times(380, f"fragment {CANARY}# on Query {WHOLE}"),
        "unknown fragments": f"{{ {times(1_900, f'...{CANARY}#')} }}",
        "directives on a field": f"{{ me {{ roles {times(600, '@include(if: true)')} }} }}",
        "unknown directives on a field": f"{{ me {{ roles {times(1_900, f'@{CANARY}#')} }} }}",
        "directives on the operation": f"query {times(1_900, f'@{CANARY}#')} {WHOLE}",
        "directives on a variable": f"query($v: Int {times(1_900, f'@{CANARY}#')}) {WHOLE}",
        "directives on a fragment": "{ ...f } fragment f on Query "
        + times(1_900, f"@{CANARY}#")
        + WHOLE,
        "operations without a name": times(600, WHOLE),
        "operations of one name": times(450, f"query {CANARY} {WHOLE}"),
        "definitions of types": times(900, f"type {CANARY}# {{ a: Int }}"),
        "more words than are read": f"{{ {times(20_000, 'me')} }}",
        "more text than is read": WHOLE + " " * 70_000,
        "a text without an end": '{ patient(id: "' + CANARY * 9_000,
        "a block of text without an end": '{ patient(id: """' + CANARY * 9_000,
        "braces without an end": "{" * 60_000,
        "no names": f"{{ {'0' * 60_000} }}",
    },
)

_PAGE = "query($v: Int) { caseload(first: $v) { nodes { since } } }"
_STATUSES = "query($v: [AssignmentStatus!]) { assignments(first: 1, status: $v) { nodes { id } } }"
_GRADE = "mutation($v: GradeComponentsInput!) { gradeComponents(input: $v) { id } }"


def _deep(levels: int) -> Any:
    inner: Any = 1
    for _ in range(levels):
        inner = [inner]
    return inner


def _variables() -> Iterator[tuple[str, str, Any]]:
    yield "a whole number beyond an Int", _PAGE, 2**40
    yield "a fraction", _PAGE, 1.5
    yield "a text", _PAGE, CANARY
    yield "a hundred thousand numbers", _PAGE, [1] * 100_000
    yield "an object", _PAGE, {CANARY: CANARY}
    yield "lists in each other", _PAGE, _deep(30)
    yield "twenty thousand unknown values", _STATUSES, [CANARY] * 20_000
    yield "sixty thousand empty objects", _GRADE, {"assignmentId": "x", "components": [{}] * 60_000}
    yield "ten thousand unknown fields", _GRADE, {f"{CANARY}{n}": n for n in range(10_000)}
    yield "as many as are looked at", _GRADE, {f"{CANARY}{n}": n for n in range(1_990)}
    yield "ten thousand in each other", _GRADE, {"components": [{CANARY: {CANARY: 1}}] * 4_000}


VARIABLES = [
    Document(name=name, query=query, variables={"v": value}) for name, query, value in _variables()
]

ABOUT_THE_SCHEMA = documents(
    {
        "all of the schema": "{ __schema { types { name fields { name } } } }",
        "a type": '{ __type(name: "Patient") { fields { name } } }',
        "in a fragment": "{ ...f } fragment f on Query { __schema { types { name } } }",
        "under an alias": '{ a: __type(name: "Patient") { name } }',
        "in a mutation": "mutation { __schema { types { name } } }",
        "where it is left out": f"{{ {ME} __schema @skip(if: true) {{ types {{ name }} }} }}",
        "beside a question": f"{{ {ME} __schema {{ queryType {{ name }} }} }}",
    }
)

MISSPELT = documents(
    {
        "a field": "{ caselod(first: 1) { nodes { since } } }",
        "a field of a type": "{ me { role } }",
        "an argument": '{ patient(idd: "x") { id } }',
        "a type": "{ ... on Querry { me { roles } } }",
        "a value": "{ assignments(first: 1, status: [ACTIV]) { nodes { id } } }",
        "a field of an input": _RATE.format('assignmentID: "x"'),
        "a mutation": 'mutation { rateReadines(input: { assignmentId: "x" }) { id } }',
        "a type of a variable": f"query($v: AssignmentStatu) {WHOLE}",
    },
)

NEARLY = documents(
    {
        "a field": "{ caseload_canary(first: 1) { nodes { since } } }",
        "a field of a type": "{ me { roles_canary } }",
        "an argument": '{ patient(id_canary: "x") { id } }',
        "a type": "{ ... on Query_canary { me { roles } } }",
        "a value": "{ assignments(first: 1, status: [ACTIVE_CANARY]) { nodes { id } } }",
        "a field of an input": _RATE.format('assignmentId_canary: "canary"'),
        "a field beside others": _RATE.format('assignmentId: "canary", zone_canary: "canary"'),
        "an object for a text": _RATE.format('assignmentId: { canary: "canary" }'),
        "a number for a text": _RATE.format('assignmentId: "x", zone: 123454321'),
        "a type of a variable": f"query($v: AssignmentStatus_canary) {WHOLE}",
    },
)
"""Near enough to a name of the schema that a hint would stand beside it."""
