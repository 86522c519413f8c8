"""The catalogue, one statement each: the clinic's own templates with the built-in ones, which come
along as an argument, so that both are one list.
"""

from functools import cache

import orjson

from libs.vocabulary.templates import built_in
from services.gateway.queries.pages import paged

# ruff: noqa: S608 - every statement here is text of ours, values are arguments

_MAY_READ = "$3::text[] && ARRAY['therapist', 'supervisor', 'clinic_admin']"


def _all(built_ins: str) -> str:
    return f"""
SELECT t.template_id AS id, v.template_version AS version, false AS built_in, t.published_at,
    t.retired_at, v.since, v.content, v.template_version = t.template_version AS newest
FROM templates t JOIN template_versions v USING (tenant_id, template_id)
WHERE t.tenant_id = $1 AND t.published_at IS NOT NULL AND {_MAY_READ}
UNION ALL
SELECT b.id, b.version, true, b.published_at, NULL, b.since, b.content, b.newest
FROM jsonb_to_recordset({built_ins}::jsonb) AS b(
    id uuid, version int, published_at timestamptz, since timestamptz, content jsonb,
    newest boolean)
WHERE {_MAY_READ}"""


def one(built_ins: str, condition: str) -> str:
    return f"SELECT * FROM ({_all(built_ins)}) every WHERE {condition}"


_SPEAKS = """EXISTS (SELECT FROM jsonb_array_elements(every.content -> 'texts') said
    WHERE split_part(said ->> 'locale', '-', 1) = split_part($8::text, '-', 1))"""

LISTED = paged(
    one(
        "$6",
        "every.newest AND every.retired_at IS NULL"
        " AND ($7::text IS NULL OR every.content ->> 'category' = $7)"
        f" AND ($8::text IS NULL OR {_SPEAKS})",
    ),
    "published_at",
    "id",
    argument=9,
)
"""Built-ins, category, language, and the page."""

TEMPLATE = one("$7", "every.id = $6::uuid AND every.newest")
VERSION = one("$7", "every.id = $6::uuid AND every.version = $8::int")


@cache
def built_ins() -> str:
    """All versions of the built-in templates, for the statements above."""
    rows = [
        {
            "id": each.id,
            "version": each.version,
            "published_at": versions[0].published_at,
            "since": each.published_at,
            "content": each.content,
            "newest": each is versions[-1],
        }
        for versions in built_in().values()
        for each in versions
    ]
    return orjson.dumps(rows).decode()
