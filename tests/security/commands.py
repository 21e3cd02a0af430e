"""Every command with what it needs to go well, as their structs have it."""

from typing import Any, get_args

import msgspec
from msgspec.inspect import (
    BoolType,
    IntType,
    NoneType,
    StrType,
    StructType,
    UnionType,
    type_info,
)

from chinwag.protocol.commands import AnyCommand

Json = dict[str, Any]
KINDS: dict[str, type[msgspec.Struct]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(AnyCommand)
}
GOOD: Json = {
    "name": "Tea",
    "text": "Another cup?",
    "topic": "Cups",
    "emoji": "🫖",
    "on": True,
}


class Field(msgspec.Struct, frozen=True):
    """One field of a command: which JSON types it takes."""

    command: str
    name: str
    takes: frozenset[type]
    required: bool


def list_fields() -> list[Field]:
    """Return every field of every command, `id` included."""
    return [
        Field(command, field.name, _types(field.type), field.required)
        for command, kind in KINDS.items()
        for field in _struct(kind).fields
    ]


def _struct(kind: type[msgspec.Struct]) -> StructType:
    info = type_info(kind)
    assert isinstance(info, StructType)
    return info


_OF: dict[type, type] = {
    IntType: int,
    StrType: str,
    BoolType: bool,
    NoneType: type(None),
}


def _types(info: object) -> frozenset[type]:
    several = info.types if isinstance(info, UnionType) else (info,)
    return frozenset(_OF[type(each)] for each in several)


FIELDS = list_fields()
STRING_FIELDS = [field for field in FIELDS if str in field.takes]


def fill(command: str, place: Json) -> Json:
    """Return a command that would go well; `place` names room, key, seq and cmid."""
    required = {f.name for f in FIELDS if f.command == command and f.required}
    values = GOOD | place
    return {"type": command} | {
        name: values[name] for name in sorted(required - {"id"})
    }
