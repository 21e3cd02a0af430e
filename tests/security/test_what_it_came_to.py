"""After all of it: the server is up, has not grown, and has nothing to complain of.

Its file comes last, in the order of the alphabet.
"""

from pathlib import Path

import pytest

from tests.live.servers import Server
from tests.security.tally import MIB, Tally

AT_LEAST = 5_000
MAY_GROW = 32 * MIB
"""The log's own cache, and what thousands of guests and rooms weigh in memory."""


async def test_thousands_of_hostile_inputs_leave_no_trace(
    server: Server, tally: Tally, request: pytest.FixtureRequest
) -> None:
    here = Path(__file__).parent
    fed = {item.path for item in request.session.items if item.path.parent == here}
    if fed != set(here.glob("test_*.py")):
        pytest.skip("NOT PROVED HERE: only a part of the hostile input was fed.")
    told = tally.sum_up()
    assert sum(tally.inputs.values()) >= AT_LEAST
    assert not tally.crashed
    assert tally.bugs == 0, told
    assert tally.complaints == []
    assert server.memory() - tally.before < MAY_GROW, told
    ada = await server.enter("Ada")
    room = await ada.start_room()
    assert (await ada.post(room, "Another cup?"))["seq"] == 2
