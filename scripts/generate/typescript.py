"""Writes `web/src/protocol/wire.gen.ts`: the wire as TypeScript knows it."""

import json
from collections.abc import Iterable

import msgspec.inspect as shapes

from chinwag.domain.model import Role
from scripts.generate import wire
from scripts.generate.wire import KNOWN_BETTER, Shape

HEAD = """\
/** What goes over the wire. `make generate` writes it from the server's structs. */

export type Role = {roles};
"""
EVENTS = """\
/** What happened in an open room, in order. `people` names everybody in it. */
export interface Events {
  type: "events";
  room: string;
  from: number;
  events: Event[];
  people: PersonView[];
}
"""
HAPPENED = """\
/** What every event has: its place in the log, when it happened, and who did it. */
interface Happened {
  seq: number;
  at: number;
  by: string;
}
"""
WIDTH = 120


def render() -> str:
    """Return the file's text."""
    parts = _Parts()
    roles = " | ".join(json.dumps(role.value) for role in Role)
    commands = parts.interfaces(wire.COMMANDS)
    results = parts.interfaces(wire.RESULTS)
    events = parts.interfaces(wire.BODIES)
    frames = parts.interfaces([*wire.ANSWERS, *wire.ALL_PUSHES])
    pushes = ["Events", *(cls.__name__ for cls in wire.ALL_PUSHES)]
    return "\n".join(
        [
            HEAD.format(roles=roles),
            "// Commands\n",
            *commands,
            _union("AnyCommand", (cls.__name__ for cls in wire.COMMANDS)),
            "// What commands are answered with\n",
            *results,
            _answers(),
            "// Events of a room\n",
            HAPPENED,
            *events,
            _union("Event", (cls.__name__ for cls in wire.BODIES)),
            "// Frames from the server\n",
            *frames,
            EVENTS,
            _union("Push", pushes),
            _union("Frame", [*(cls.__name__ for cls in wire.ANSWERS), "Push"])[:-1],
        ]
    )


class _Parts:
    """Interfaces as they come, each but once."""

    def __init__(self) -> None:
        self._written: set[str] = set()

    def interfaces(self, classes: Iterable[wire.StructClass]) -> list[str]:
        shapes_of = [
            shape
            for shape in wire.with_parts(classes)
            if shape.name not in self._written and shape.name != "Result"
        ]
        self._written.update(shape.name for shape in shapes_of)
        return [_interface(shape) for shape in shapes_of]


def _interface(shape: Shape) -> str:
    lines = [_comment(shape.words)]
    lines.append(
        f"export interface {shape.name} extends Happened {{"
        if shape.kind
        else f"export interface {shape.name} {{"
    )
    if shape.kind:
        lines.append(f"  kind: {json.dumps(shape.kind)};")
    if shape.tag is not None:
        lines.append(f"  type: {json.dumps(shape.tag)};")
    for field in shape.fields:
        mark = "" if field.required else "?"
        known = KNOWN_BETTER.get((shape.name, field.name))
        lines.append(f"  {field.encode_name}{mark}: {known or type_of(field.type)};")
    if len(lines) == 2:
        return f"{lines[0]}\nexport type {shape.name} = Record<string, never>;\n"
    return "\n".join([*lines, "}\n"])


def _comment(words: str) -> str:
    lines = words.splitlines()
    if len(lines) == 1:
        return f"/** {lines[0]} */"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */"])


def _union(name: str, members: Iterable[str]) -> str:
    members = list(members)
    line = f"export type {name} = {' | '.join(members)};"
    if len(line) > WIDTH:
        line = (
            f"export type {name} =" + "".join(f"\n  | {each}" for each in members) + ";"
        )
    return f"{line}\n"


def _answers() -> str:
    rows = [f"  {Shape(cls).tag}: {cls.result.__name__};" for cls in wire.COMMANDS]
    return "\n".join(
        [
            "/** Which result answers which command. */",
            "export interface Results {",
            *rows,
            "}\n",
        ]
    )


def type_of(kind: shapes.Type) -> str:
    """Return a type in TypeScript's words."""
    match kind:
        case shapes.Metadata():
            return type_of(kind.type)
        case shapes.IntType() | shapes.FloatType():
            return "number"
        case shapes.StrType():
            return "string"
        case shapes.BoolType():
            return "boolean"
        case shapes.NoneType():
            return "null"
        case shapes.StructType():
            return kind.cls.__name__
        case shapes.LiteralType():
            return " | ".join(json.dumps(value) for value in kind.values)
        case shapes.UnionType():
            return " | ".join(dict.fromkeys(type_of(each) for each in kind.types))
        case shapes.VarTupleType() | shapes.ListType():
            inner = type_of(kind.item_type)
            return f"({inner})[]" if " " in inner else f"{inner}[]"
        case shapes.TupleType():
            return f"[{', '.join(type_of(each) for each in kind.item_types)}]"
        case shapes.DictType():
            return f"Record<string, {type_of(kind.value_type)}>"
        case _:
            raise TypeError(f"no words in TypeScript for {kind}")
