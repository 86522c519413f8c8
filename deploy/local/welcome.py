"""What a person sees once all is up: what to open, and what to copy."""

from rich.console import Console

from deploy.local.ground import Ground
from deploy.local.realm import passwords_file
from deploy.local.run_info import RunInfo
from deploy.local.var import Var

_BROKERS = {
    "kafka": "Apache Kafka",
    "embedded": "the embedded log in PostgreSQL",
    "given": "the broker of BROKER_URL",
}


def welcome(run: RunInfo, ground: Ground, var: Var, console: Console) -> None:
    lines = [
        "",
        f"[bold]Interlude is running[/], with {_BROKERS[ground.broker.kind]}.",
        "",
        f"  GraphiQL        {run.gateway}/graphql",
        *(f"  {name + ' API':<15} {url}/docs" for name, url in run.services.items()),
        *_identity(run, ground, var),
        "",
        "A token for your shell (therapist, patient, other_therapist, supervisor, clinic_admin,",
        "integrator, analyst, operator), and a first question:",
        "",
        "  TOKEN=$(.venv/bin/python -m deploy.local token therapist)",
        f'  curl -s {run.gateway}/graphql -H "Authorization: Bearer $TOKEN" \\',
        "    -H 'Content-Type: application/json' -d '{\"query\": \"{ me { name roles } }\"}'",
        "",
        "For GraphiQL's headers:",
        "",
        f'  {{"Authorization": "Bearer {run.tokens["therapist"]}"}}',
        "",
        "[dim]make status shows the processes; Ctrl-C stops everything, the data stays.[/]",
    ]
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _identity(run: RunInfo, ground: Ground, var: Var) -> list[str]:
    if ground.identity.kind == "development":
        return [f"  tokens          {run.issuer}"]
    return [
        f"  Keycloak        {run.issuer}",
        f"  its passwords   {passwords_file(var.keycloak)}",
    ]
