"""The clinic's catalogue of templates over HTTP, with the built-in ones beside its own."""

from collections.abc import Sequence

from libs.access.policy import NOBODY, Subject, grant, may
from libs.vocabulary.templates import BuiltIn, built_in
from libs.web import headers
from libs.web.commands import Commands, Edge, Fields, Preparing, Router
from libs.web.concerning import must_concern
from libs.web.operations import Incoming
from libs.web.problems import Problem
from libs.web.replies import JSON, Reply
from libs.web.views import Show, as_of_in
from services.assignment import template_view
from services.assignment.catalogue import Templates
from services.assignment.domain import template
from services.assignment.domain.template import (
    LocaleRepeated,
    PublishTemplate,
    RetireTemplate,
    ReviseTemplate,
    TagRepeated,
    TemplateExists,
)
from services.assignment.template_view import TemplateView

WRONG_CONTENT = (LocaleRepeated, TagRepeated)

PUBLISHERS = grant(therapist="clinic", clinic_admin="clinic")
READERS = grant(therapist="clinic", supervisor="clinic", clinic_admin="clinic", integrator="clinic")


class ShowTemplate(Show[template.Command, template.State, template.Event]):
    """A built-in one has no stream: it is read from its files, by the same rules."""

    async def answer(self, incoming: Incoming) -> Reply:
        versions = built_in().get(headers.uuid_in_path(incoming.path_id))
        if versions is None:
            return await super().answer(incoming)
        principal = await self.edge.caller(incoming.headers)
        incoming.trail.asked_by(principal)
        must_concern(self.grant, principal)
        incoming.trail.thing_id = versions[0].id
        role = await may(principal, self.grant, NOBODY, self.edge.known)
        if role is None:
            raise Problem("not-found")
        incoming.trail.allowed(role, self.grant)
        return self._shown(incoming, versions)

    def _shown(self, incoming: Incoming, versions: Sequence[BuiltIn]) -> Reply:
        as_of = as_of_in(incoming.query)
        seen = [each for each in versions if as_of is None or each.published_at <= as_of]
        if not seen:
            raise Problem("not-found")
        tag = (b"etag", b'"%d"' % seen[-1].version)
        if headers.already_has(incoming.headers, seen[-1].version):
            return Reply(304, [tag])
        return Reply(200, [JSON, tag], self.adapter.dump_json(template_view.of_built_in(seen)))


def routes(edge: Edge, templates: Templates) -> Router:
    on = Commands(edge, templates, subject=_whose)
    on.create(
        "/v1/templates",
        PublishTemplate,
        operation="publishTemplate",
        grant=PUBLISHERS,
        prepare=_must_not_be_built_in,
    )
    on.act(
        "/v1/templates/{id}/revisions",
        ReviseTemplate,
        operation="reviseTemplate",
        grant=PUBLISHERS,
    )
    on.act(
        "/v1/templates/{id}/retirements",
        RetireTemplate,
        operation="retireTemplate",
        grant=PUBLISHERS,
    )
    on.show(
        "/v1/templates/{id}",
        TemplateView,
        template_view.of_template,
        operation="template",
        grant=READERS,
        by=ShowTemplate,
    )
    return on.router


async def _must_not_be_built_in(asked: Preparing) -> Fields:
    """A template of the clinic's own under that id would never be found."""
    if asked.stream_uuid in built_in():
        raise TemplateExists
    return {}


def _whose(_state: template.State) -> Subject:
    return NOBODY
