"""Which events a page of history must hold.

How far a page reaches is decided a moment before it is read: the log may have grown
meanwhile, but what its reader knew of when asking is there.
"""

from itertools import pairwise

from tests.faults.history import Record

LIMIT = 50
MOST = 200


def check_extent(fields: Record, page: Record, known: int) -> list[int]:
    """Return what is missing in a page, or too much: no gaps, and the nearest first.

    A page may be shorter than `limit`: those farthest away are left out where it would
    grow too large.

    Args:
        fields: What was asked for.
        page: What came.
        known: How far the log went as its reader knew when asking.
    """
    if fields.get("thread") is not None:
        return []
    places = [event["seq"] for event in page["events"]]
    low, high, earliest, latest = _bounds(fields, page["head"], known)
    wrong = [seq for seq in places if not low <= seq <= high]
    wrong += _list_gaps(places)
    if earliest is not None and (earliest <= known or places):
        wrong += [] if places and places[0] <= earliest else [earliest]
    if latest > 0:
        wrong += [] if places and places[-1] >= latest else [latest]
    return wrong + places[fields.get("limit", LIMIT) :]


def _list_gaps(places: list[int]) -> list[int]:
    """Return what is missing between the first and the last, or stands out of order."""
    gaps: list[int] = []
    for one, other in pairwise(places):
        # A page is small: what is missing beyond that need not be told.
        gaps += range(one + 1, min(other, one + MOST)) if other > one else [other]
    return gaps


def _bounds(fields: Record, head: int, known: int) -> tuple[int, int, int | None, int]:
    """Return between what a page may be, where it must begin and how far it must go."""
    after, around = fields.get("after"), fields.get("around")
    if after is not None:
        return after + 1, head, after + 1, 0
    if around is not None:
        around = max(1, around)
        return 1, head, around if around <= known else None, min(around, known)
    last = min(fields.get("before", head + 1) - 1, head)
    return 1, last, None, min(last, known)
