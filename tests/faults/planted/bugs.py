"""All planted bugs: such as systems of this kind have had.

A bug that a test misses is a hole in the tests. `caught_by` names the scenario that
has to find it, `says` what it then says.
"""

from tests.faults.planted.in_telling import ACCESS, CATCHING_UP, CHANGES, LATER
from tests.faults.planted.in_writing import ONCE, ORDERS, TELLING

BUGS = {
    bug.name: bug
    for bugs in (TELLING, ONCE, ORDERS, CATCHING_UP, ACCESS, CHANGES, LATER)
    for bug in bugs
}
