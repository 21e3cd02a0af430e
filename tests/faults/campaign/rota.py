"""Which scenarios a campaign plays in turn, and which promises they put to the test."""

import dataclasses
from collections.abc import Mapping
from functools import partial

from tests.faults.failing_disks import play_failing_disks
from tests.faults.full_disks import play_full_disks
from tests.faults.images import play_image_cuts
from tests.faults.kills import play_graceful_restarts, play_kills
from tests.faults.leaks import play_leaks
from tests.faults.networks import play_losses, play_networks
from tests.faults.power import play_power_cuts
from tests.faults.rounds import Round
from tests.faults.slow_readers import THOUSAND, play_slow_readers

SCENARIOS: Mapping[str, Round] = {
    "kills": play_kills,
    "restarts": play_graceful_restarts,
    "power": play_power_cuts,
    "images": play_image_cuts,
    "disks": play_failing_disks,
    "full": play_full_disks,
    "readers": play_slow_readers,
    "crowd": partial(play_slow_readers, crowd=THOUSAND),
    "networks": play_networks,
    "losses": play_losses,
    "leaks": play_leaks,
}
"""What is played, one after the other, until the time is up."""


@dataclasses.dataclass(frozen=True)
class Promise:
    """One line of the report.

    Attributes:
        name: What it is called everywhere.
        words: What is promised.
        counts: What is counted in its favour.
        kinds: How the checker calls what breaks it, in whatever scenario.
        scenarios: Where every fault breaks it.
    """

    name: str
    words: str
    counts: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()


PROMISES = [
    Promise(
        "P1",
        "An acknowledged message survives kill -9",
        ("kills", "kills at failpoints", "acknowledged"),
        kinds=("lost",),
        scenarios=("kills",),
    ),
    Promise(
        "P2",
        "… and a power cut",
        ("cuts", "told before a cut"),
        scenarios=("power", "images"),
    ),
    Promise(
        "P3",
        "One order for all, each sender's order, real-time order",
        ("events in logs", "delivered"),
        kinds=("order", "sender order", "real-time order"),
    ),
    Promise(
        "P4",
        "Exactly once",
        ("acknowledged", "unknown", "recovered"),
        kinds=("duplicate",),
    ),
    Promise(
        "P5",
        "Whoever comes back has no gap",
        ("openings", "pages"),
        kinds=("gap", "cursor going back", "reset"),
    ),
    Promise("P6", "Nobody sees what is not in the log", ("delivered",), ("phantom",)),
    Promise(
        "P7", "Only members see it", ("delivered",), kinds=("seen by a non-member",)
    ),
    Promise(
        "P8",
        "Slow readers cost nobody else anything",
        ("readers stopped", "read by stopped readers"),
        scenarios=("readers", "crowd"),
    ),
    Promise(
        "P9",
        "A graceful restart fails nothing",
        ("graceful restarts",),
        scenarios=("restarts",),
    ),
    Promise(
        "P12",
        "On a full disk reading works, posting fails fast",
        ("disks filled", "refused for want of room"),
        scenarios=("full",),
    ),
    Promise(
        "P13",
        "A disk that fails: nothing more is acknowledged",
        ("places", "ended", "refused to start", "back"),
        scenarios=("disks",),
    ),
    Promise(
        "P18",
        "Bad networks",
        ("networks", "connections spoilt"),
        scenarios=("networks", "losses"),
    ),
    Promise(
        "P20",
        "Edits, deletions and reactions converge",
        ("changes acknowledged",),
        kinds=("diverged", "read your writes"),
    ),
    Promise("P23", "Nothing leaks", ("seconds watched",), scenarios=("leaks",)),
]
