"""Describes HTTP for machines: OpenAPI 3.1, made from the routes and the structs."""

from inspect import cleandoc
from typing import Any, Final, get_args

import msgspec
from litestar import Request, Router
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme
from typing_extensions import override

from chinwag.api.problems import Problem
from chinwag.api.rooms import NewMessage
from chinwag.api.sessions import Arrival, LinkKey, NewRoom
from chinwag.protocol.commands import AnyCommand
from chinwag.protocol.envelope import Failure, PersonView, Reply
from chinwag.protocol.results import Result

Json = dict[str, Any]

PATH: Final = "/api/openapi.json"
_ABOUT: Final = """\
The commands of the WebSocket, over HTTP. The rules beside the schemas stand in
protocol.md.

Who speaks is told by `Authorization: Bearer TOKEN` or by the session cookie. A program
without either becomes a guest by starting or joining a room, and is told its `token`
there; a page, which sends `Origin` or `Sec-Fetch-Site`, gets a cookie instead. With a
cookie, every POST needs the header `X-Chinwag: 1`. No GET has an effect.
"""
_REF: Final = "#/components/schemas/{name}"


def make_config(version: str) -> OpenAPIConfig:
    """Return what the framework needs to describe the routes and to serve that."""
    bearer = SecurityScheme(
        type="http", scheme="bearer", description="A guest's token."
    )
    cookie = SecurityScheme(
        type="apiKey",
        security_scheme_in="cookie",
        name="__Host-chinwag",
        description="A page's session; `chinwag-PORT` where there is no https.",
    )
    return OpenAPIConfig(
        title="Chinwag",
        version=version,
        description=_ABOUT,
        license=License(name="MIT"),
        components=Components(security_schemes={"bearer": bearer, "cookie": cookie}),
        security=[{}, {"bearer": []}, {"cookie": []}],
        use_handler_docstrings=True,
        operation_id_creator=_name_operation,
        render_plugins=[_Document(path=["/", "/openapi.json"])],
        openapi_router=Router(
            PATH,
            route_handlers=[],
            before_request=_know_no_other,
            include_in_schema=False,
        ),
    )


def complete(schema: Json) -> Json:
    """Return the framework's description with what only the structs can tell."""
    kinds = [
        *get_args(AnyCommand),
        *Result.__subclasses__(),
        *(Arrival, Failure, LinkKey, NewMessage, NewRoom, PersonView, Problem, Reply),
    ]
    _, told = msgspec.json.schema_components(kinds, ref_template=_REF)
    people = {"type": "array", "items": {"$ref": _REF.format(name="PersonView")}}
    events = {"type": "array", "items": {"type": "object"}}
    for struct in told.values():
        struct["description"] = cleandoc(struct["description"])
    told["History"]["properties"].update(events=events, people=people)
    hit = {"room": {"type": "string"}, "event": {"type": "object"}}
    hits = {"type": "array", "items": {"type": "object", "properties": hit}}
    told["Found"]["properties"].update(hits=hits, people=people)
    known = schema["components"]["schemas"]
    components = schema["components"] | {"schemas": known | told}
    return schema | {"components": components}


class _Document(JsonRenderPlugin):
    """The description as JSON, and nothing that a page of another host draws."""

    @override
    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        return msgspec.json.encode(complete(openapi_schema))


def _name_operation(handler: HTTPRouteHandler, *_: object) -> str:
    return handler.handler_name


def _know_no_other(request: Request[Any, Any, Any]) -> None:
    # The framework would answer everything below with a page of its own.
    if request.url.path != PATH:
        raise NotFoundException
