"""What a program of a clinic may be given: one scope for each resource and verb of a service, as
`care/patients.write`.

Only integrators are held to them; people are held to their relations. Nothing wider exists: whoever
needs a whole service is given its scopes one by one, and one sees which.
"""

import re
from collections.abc import Mapping

_VERBS: Mapping[str, str] = {"GET": "read", "POST": "write", "PUT": "write"}
_RESOURCE = re.compile(r"/v1/([a-z-]+)(/.*)?")


def scope_of(service: str, method: str, path: str) -> str:
    """`care/sessions.write` of POST /v1/sessions/{id}/starts: what is done to a part of something
    is done to it. Paths are promises already, so nothing is promised twice.

    Raises ValueError where there is none: nobody may offer such an operation.
    """
    resource, verb = _RESOURCE.fullmatch(path), _VERBS.get(method)
    if resource is None or verb is None:
        raise ValueError(f"{method} {path} has no scope")
    return f"{service}/{resource[1]}.{verb}"
