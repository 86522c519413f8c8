# mypy: disallow-untyped-decorators=False
# strawberry.field takes many forms, so its type is Any.
"""What a patient allows, and whom they named."""

import strawberry

from services.gateway.graphql import listing, types
from services.gateway.graphql.arguments import (
    After,
    Before,
    Consistency,
    First,
    Last,
    OfPatient,
    Strict,
)
from services.gateway.graphql.connections import Connection
from services.gateway.graphql.context import Info
from services.gateway.queries import screens as asked


@strawberry.type
class Consented:
    @strawberry.field(description="What the patient allows, and what they did, oldest first.")
    async def consents(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.Consent]:
        await info.context.fresh(consistency, strict=strict)
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"consents:{whose}", first, last, after, before)
        shape = types.Consent.model_validate
        return await listing.listed(info, asked.CONSENTS, wanted, shape, "given_at", (whose,))

    @strawberry.field(
        description="With whom the patient agrees to share today, besides those who treat them."
        " It is a word to staff: nobody gets access by it."
    )
    async def sharing(
        self,
        info: Info,
        *,
        patient_id: OfPatient = None,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        consistency: Consistency = None,
        strict: Strict = False,
    ) -> Connection[types.Consent]:
        await info.context.fresh(consistency, strict=strict)
        whose = listing.whose(info, patient_id)
        wanted = listing.page(f"sharing:{whose}", first, last, after, before)
        shape = types.Consent.model_validate
        return await listing.listed(info, asked.SHARING, wanted, shape, "given_at", (whose,))
