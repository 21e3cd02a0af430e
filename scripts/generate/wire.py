"""What the wire's structs look like, as every writer of this package needs it."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import msgspec
import msgspec.inspect as shapes

from chinwag.domain.events import KINDS
from chinwag.protocol.commands import (
    AnyCommand,
    Command,
)
from chinwag.protocol.envelope import PUSHES, Failure, Reply

StructClass = type[msgspec.Struct]

COMMANDS: tuple[type[Command], ...] = get_args(AnyCommand)
RESULTS: tuple[StructClass, ...] = tuple(
    dict.fromkeys(command.result for command in COMMANDS)
)
ANSWERS: tuple[StructClass, ...] = (Reply, Failure)
BODIES: tuple[StructClass, ...] = tuple(KINDS.values())
ALL_PUSHES: tuple[StructClass, ...] = PUSHES

# What the structs hold as ready JSON, or as a plain string, and yet is this.
KNOWN_BETTER: dict[tuple[str, str], str] = {
    ("History", "events"): "Event[]",
    ("History", "people"): "PersonView[]",
    ("RoomView", "role"): "Role",
    ("RoleGiven", "role"): "Role",
    ("Reply", "result"): "unknown",
}


@dataclass(frozen=True)
class Shape:
    """One struct of the wire."""

    cls: StructClass

    @property
    def name(self) -> str:
        """The name that Python, TypeScript and the schemas share."""
        return self.cls.__name__

    @property
    def words(self) -> str:
        """The docstring."""
        return inspect.cleandoc(self.cls.__doc__ or "")

    @property
    def tag(self) -> str | None:
        """What stands in `type`, if anything does."""
        return None if self._info.tag is None else str(self._info.tag)

    @property
    def kind(self) -> str | None:
        """What stands in `kind`, if it is an event's body."""
        return next((kind for kind, cls in KINDS.items() if cls is self.cls), None)

    @property
    def fields(self) -> tuple[shapes.Field, ...]:
        """The fields, an `id` first and all others as they are written."""
        return tuple(sorted(self._info.fields, key=lambda each: each.name != "id"))

    @cached_property
    def _info(self) -> shapes.StructType:
        info = shapes.type_info(self.cls)
        assert isinstance(info, shapes.StructType)
        return info


def with_parts(classes: Iterable[StructClass]) -> list[Shape]:
    """Return the shapes of `classes`, each behind the structs that it is made of."""
    found: dict[StructClass, Shape] = {}
    for cls in classes:
        shape = Shape(cls)
        for field in shape.fields:
            if (shape.name, field.name) not in KNOWN_BETTER:
                parts = structs_in(field.type)
                found.update((part.cls, part) for part in with_parts(parts))
        found[cls] = shape
    return list(found.values())


def structs_in(kind: shapes.Type) -> Iterator[StructClass]:
    """Yield the structs that a field's type names."""
    match kind:
        case shapes.StructType():
            yield kind.cls
        case shapes.Metadata():
            yield from structs_in(kind.type)
        case shapes.UnionType():
            for each in kind.types:
                yield from structs_in(each)
        case shapes.CollectionType():
            yield from structs_in(kind.item_type)
        case shapes.TupleType():
            for each in kind.item_types:
                yield from structs_in(each)
        case shapes.DictType():
            yield from structs_in(kind.value_type)
        case _:
            pass
