"""All faults by name."""

from collections.abc import Mapping

from tests.faults.fault import Fault
from tests.faults.strikes import networks, overload, poison, processes, readers, servers

FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for room in (processes, servers, networks, readers, poison, overload)
    for fault in room.FAULTS
}
