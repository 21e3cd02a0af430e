"""What a planted bug is: a change of the sources, and who has to find it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """What stands in a file once, and what instead."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Bug:
    """A bug, how it comes about, and who has to find it."""

    name: str
    changes: tuple[Change, ...]
    caught_by: str
    says: str
