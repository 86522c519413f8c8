"""What a client asks for to draw each screen about Masha."""

from libs.testing.cast import MASHA
from services.gateway.graphql.ids import to_global
from tests.component.gateway.telling import ASSIGNMENT

HER = to_global("Patient", MASHA)
HERS = to_global("Assignment", ASSIGNMENT)

SCREENS = {
    "caseload": "{ caseload(first: 20) { nodes { patient { name } attention { reason } } } }",
    "assignments": f'{{ assignments(first: 20, patientId: "{HER}") {{ nodes {{ title '
    "obstacles { obstacle { text } } reviews { decision } entries { notes } } } }",
    "timeline": f'{{ timeline(first: 100, patientId: "{HER}") {{ nodes {{ excerpt }} }} }}',
    "notebook": f'{{ notebook(first: 20, patientId: "{HER}")'
    " { nodes { review { note } } } }",
    "patient": f'{{ patient(id: "{HER}") {{ name therapists {{ name }} nextSession {{ id }}'
    " consents { scope status } } }",
}
