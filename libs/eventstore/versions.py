"""Published names: `interlude.<service>.<Fact>.v<n>`.

A version only ever adds what may be missing (the gate in `deploy/contracts` sees to it), so that
every reader of one version reads all of them. What would need more is another fact, with a name
of its own.
"""

from functools import lru_cache


@lru_cache(maxsize=1024)
def first_version_of(name: str) -> str:
    return f"{name.rpartition('.v')[0]}.v1"


def version_of(name: str) -> int:
    return int(name.rpartition(".v")[2])


def versions_below(name: str) -> list[str]:
    """From the first on."""
    fact = name.rpartition(".v")[0]
    return [f"{fact}.v{number}" for number in range(1, version_of(name))]
