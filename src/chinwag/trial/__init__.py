"""How many people a running Chinwag holds: a room is filled step by step, and timed."""

import asyncio
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec
import uvloop

from chinwag.trial.judging import HEADER, Step, conclude, describe
from chinwag.trial.talking import Extent, TrialFailed, try_out

__all__ = ["Extent", "TrialFailed", "conclude", "find_socket", "run", "to_json"]

_SCHEMES = {"http": "ws", "https": "wss"}


def find_socket(url: str, *, elsewhere: bool) -> str:
    """Return the socket of the server at `url`.

    Raises:
        TrialFailed: It is no such URL, or of another machine and not said to be ours:
            many strangers who come at once are a burden.
    """
    split = urlsplit(url)
    if split.scheme not in _SCHEMES or not split.hostname:
        raise TrialFailed(
            f"{url} is no URL of a Chinwag: http://127.0.0.1:2428 is one."
        )
    if not elsewhere and not _is_here(split.hostname):
        raise TrialFailed(
            f"{split.hostname} is another machine. If it is yours, say --elsewhere."
        )
    return f"{_SCHEMES[split.scheme]}://{split.netloc}/ws"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run(address: str, extent: Extent, *, tell: Callable[[str], None]) -> list[Step]:
    """Try it out; `tell` gets a line of a table at each step.

    Raises:
        TrialFailed: There is no Chinwag there that lets us.
    """
    header = iter([HEADER])

    def tell_step(step: Step) -> None:
        for line in (*header, describe(step)):
            tell(line)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(try_out(address, extent, tell=tell_step))


def to_json(steps: Sequence[Step], most_ms: float) -> str:
    """Return all that a trial came to."""
    told = {"steps": list(steps), "conclusion": conclude(steps, most_ms)}
    return msgspec.json.encode(told).decode()
