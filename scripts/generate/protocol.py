"""Writes `docs/reference/protocol.md`: prose of people, tables of structs."""

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
import msgspec.inspect as shapes

from chinwag.errors import REFUSALS
from chinwag.protocol.close import REASONS, Close
from scripts.generate import schemas, wire
from scripts.generate.wire import KNOWN_BETTER, Shape

TEMPLATE = Path(__file__).with_name("protocol.md")
LARGE = 2**53 - 1


def render() -> str:
    """Return the page's text."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, part in _parts().items():
        text = text.replace("{{" + name + "}}", part)
    return text


def _parts() -> dict[str, str]:
    told = {*wire.COMMANDS, *wire.RESULTS, *wire.ANSWERS, *wire.ALL_PUSHES}
    everything = wire.with_parts(
        [*wire.COMMANDS, *wire.RESULTS, *wire.ANSWERS, *wire.ALL_PUSHES, *wire.BODIES]
    )
    told |= set(wire.BODIES)
    rest = [each for each in everything if each.cls not in told]
    return {
        "commands": "\n\n".join(_command(cls) for cls in wire.COMMANDS),
        "answers": _sections("Answer", map(Shape, wire.ANSWERS)),
        "results": _sections("Result", map(Shape, wire.RESULTS)),
        "pushes": _sections("Push", map(Shape, wire.ALL_PUSHES)),
        "kinds": _sections("Event", map(Shape, wire.BODIES)),
        "parts": _sections("Part", (each for each in rest if each.name != "Result")),
        "failures": _failures(),
        "routes": _routes(),
        "closes": _closes(),
    }


def _command(cls: type[wire.Command]) -> str:
    shape = Shape(cls)
    answer = cls.result.__name__
    words = f"{shape.words}\n\nAnswered with [{answer}](#result-{answer.lower()})."
    return _section("Command", shape, words, _fields(shape, without=("id",)))


def _sections(label: str, several: Iterable[Shape]) -> str:
    return "\n\n".join(
        _section(label, shape, shape.words, _fields(shape)) for shape in several
    )


def _section(label: str, shape: Shape, *parts: str) -> str:
    name = shape.kind or shape.tag or shape.name
    return "\n\n".join([f"### {label} `{name}`", *filter(None, parts)])


def _fields(shape: Shape, *, without: tuple[str, ...] = ()) -> str:
    rows = [
        f"| {_name(field)} | {_field_type(shape, field)} |"
        for field in shape.fields
        if field.name not in without
    ]
    return "\n".join(["| field | type |", "|---|---|", *rows]) if rows else ""


def _name(field: shapes.Field) -> str:
    name = f"`{field.encode_name}`"
    return name if field.required else f"*{name}*"


def _field_type(shape: Shape, field: shapes.Field) -> str:
    known = KNOWN_BETTER.get((shape.name, field.name))
    words = words_for_known(known) if known else words_of(field.type)
    if field.required or field.default in (None, (), False, msgspec.NODEFAULT):
        return words
    return f"{words}; left out: {json.dumps(field.default)}"


def words_for_known(known: str) -> str:
    """Return in words what the struct itself does not tell."""
    if known == "unknown":
        return "the command's result"
    name = known.removesuffix("[]")
    if name == "Role":
        return "`owner`, `moderator`, `member` or `reader`"
    where = "kinds-of-events" if name == "Event" else f"part-{name.lower()}"
    return f"array of [{name}](#{where})"


def words_of(kind: shapes.Type) -> str:
    """Return a type in words, limits included."""
    match kind:
        case shapes.IntType():
            return f"integer{_range(kind)}"
        case shapes.StrType():
            limit = (
                f" (at most {kind.max_length:,} code points)" if kind.max_length else ""
            )
            return f"string{limit}"
        case shapes.StructType():
            return f"[{kind.cls.__name__}](#part-{kind.cls.__name__.lower()})"
        case shapes.UnionType():
            return " or ".join(words_of(each) for each in kind.types)
        case shapes.VarTupleType() | shapes.ListType():
            return f"array of {words_of(kind.item_type)}"
        case shapes.TupleType():
            return f"array [{', '.join(words_of(each) for each in kind.item_types)}]"
        case shapes.DictType():
            return f"object: id ▶ {words_of(kind.value_type)}"
        case shapes.LiteralType():
            return " or ".join(f"`{value}`" for value in kind.values)
        case shapes.Metadata():
            return words_of(kind.type)
        case shapes.FloatType():
            return "number"
        case shapes.BoolType():
            return "true or false"
        case shapes.NoneType():
            return "null"
        case _:
            raise TypeError(f"no words for {kind}")


def _range(kind: shapes.IntType) -> str:
    if kind.ge is None or kind.le is None:
        return ""
    return f" ({kind.ge} to {'2^53-1' if kind.le == LARGE else kind.le})"


def _routes() -> str:
    rows = [
        f"| `{method.upper()} {path}` | {told['description'].splitlines()[0]} |"
        for path, methods in sorted(schemas.describe_http()["paths"].items())
        for method, told in methods.items()
    ]
    return "\n".join(["| route | |", "|---|---|", *rows])


def _failures() -> str:
    rows = [
        f"| `{refusal.code}` | {refusal.status} | {(refusal.__doc__ or '').strip()} |"
        for refusal in REFUSALS
    ]
    return "\n".join(["| code | HTTP | meaning |", "|---|---|---|", *rows])


def _closes() -> str:
    rows = [f"| {close.value} | {REASONS[close]} |" for close in Close]
    return "\n".join(["| code | meaning |", "|---|---|", *rows])
