"""Writes `docs/reference/asyncapi.json` and `openapi.json`: the wire for machines."""

import json
from pathlib import Path
from typing import Any, cast

import msgspec

from chinwag import __version__
from chinwag.api.app import make_api
from chinwag.api.description import complete
from chinwag.api.parts import Api
from chinwag.protocol.door import Door, Searches, Streams
from chinwag.protocol.site import Site
from scripts.generate import wire
from scripts.generate.wire import Shape

Json = dict[str, Any]

EVENTS: Json = {
    "type": "object",
    "description": "What happened in an open room, in order.",
    "properties": {
        "type": {"const": "events"},
        "room": {"type": "string"},
        "from": {"type": "integer"},
        "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
        "people": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/PersonView"},
        },
    },
    "required": ["type", "room", "from", "events", "people"],
}


def render_asyncapi() -> str:
    """Return the WebSocket's side as AsyncAPI 3."""
    sent = [*(Shape(cls).name for cls in (*wire.ANSWERS, *wire.ALL_PUSHES)), "Events"]
    received = [cls.__name__ for cls in wire.COMMANDS]
    document: Json = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chinwag",
            "version": __version__,
            "description": "The WebSocket at /ws, subprotocol chinwag.1. "
            "The rules beside the schemas are in protocol.md.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/ws",
                "messages": {name: _message(name) for name in (*received, *sent)},
            }
        },
        "operations": {
            "ask": _operation("receive", received),
            "tell": _operation("send", sent),
        },
        "components": {
            "messages": {
                name: {"payload": {"$ref": f"#/components/schemas/{name}"}}
                for name in (*received, *sent)
            },
            "schemas": _schemas(),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def render_openapi() -> str:
    """Return HTTP's side as OpenAPI 3.1, as the server itself tells it."""
    return json.dumps(describe_http(), indent=2, ensure_ascii=False) + "\n"


def describe_http() -> Json:
    """Return what the server tells of its routes."""
    nobody = object()
    api = Api(
        door=cast("Door", nobody),
        streams=cast("Streams", nobody),
        site=Site(public_url=None, origins=(), lan=None),
        epoch="",
        version=__version__,
        page=Path("no-page"),
        health=lambda: True,
        metrics=lambda: b"",
        heartbeat=0,
        searches=cast("Searches", nobody),
    )
    return complete(make_api(api).openapi_schema.to_schema())


def _message(name: str) -> Json:
    return {"$ref": f"#/components/messages/{name}"}


def _operation(action: str, names: list[str]) -> Json:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{name}"} for name in names],
    }


def _schemas() -> Json:
    classes = [
        *wire.COMMANDS,
        *wire.RESULTS,
        *wire.ANSWERS,
        *wire.ALL_PUSHES,
        *wire.BODIES,
    ]
    _, schemas = msgspec.json.schema_components(
        classes, ref_template="#/components/schemas/{name}"
    )
    for cls in wire.BODIES:
        _add_head(schemas[cls.__name__], kind=Shape(cls).kind)
    kinds = [{"$ref": f"#/components/schemas/{cls.__name__}"} for cls in wire.BODIES]
    people = {"type": "array", "items": {"$ref": "#/components/schemas/PersonView"}}
    events = {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
    schemas["History"]["properties"].update(events=events, people=people)
    schemas["Event"] = {"oneOf": kinds, "discriminator": "kind"}
    schemas["Events"] = EVENTS
    return dict(sorted(schemas.items()))


def _add_head(schema: Json, *, kind: str | None) -> None:
    """Give an event's schema what every event has."""
    head: Json = {
        "seq": {"type": "integer"},
        "kind": {"const": kind},
        "at": {"type": "integer"},
        "by": {"type": "string"},
    }
    schema["properties"] = head | schema["properties"]
    schema["required"] = [*head, *schema.get("required", [])]
