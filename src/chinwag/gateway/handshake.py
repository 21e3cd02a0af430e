"""The opening handshake of a socket (RFC 6455, section 4), and who comes in by it."""

from collections.abc import Sequence
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from sys import intern

import msgspec
from typing_extensions import override
from websockets.datastructures import Headers
from websockets.exceptions import NegotiationError
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import ExtensionParameter, Subprotocol

from chinwag.gateway.peers import Peer
from chinwag.protocol.door import Caller, Newcomer
from chinwag.protocol.site import Site

SUBPROTOCOL = Subprotocol("chinwag.1")
_BEARER = "bearer "
_WHOLE_WINDOW = 15


class Handshake(msgspec.Struct):
    """What came of it.

    Attributes:
        response: The bytes to write.
        accepted: Whether the socket is open with them.
        deflates: Whether messages may be compressed, in both directions.
    """

    response: bytes
    accepted: bool
    deflates: bool


class _Server(ServerProtocol):
    """The server's side of a handshake."""

    @override
    def select_subprotocol(
        self, subprotocols: Sequence[Subprotocol]
    ) -> Subprotocol | None:
        """Choose ours, if the client knows it."""
        return SUBPROTOCOL if SUBPROTOCOL in subprotocols else None


class _SharedDeflate(ServerPerMessageDeflateFactory):
    """Compression whose messages stand alone: what is compressed once fits everybody.

    It is memory for each client otherwise, and work for each.
    """

    def __init__(self) -> None:
        super().__init__(
            server_no_context_takeover=True, client_no_context_takeover=True
        )

    @override
    def process_request_params(
        self,
        params: Sequence[ExtensionParameter],
        accepted_extensions: Sequence[Extension],
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        """Agree, unless the client's window is smaller than everybody's."""
        answer, deflate = super().process_request_params(params, accepted_extensions)
        if deflate.local_max_window_bits < _WHOLE_WINDOW:
            raise NegotiationError("the window is too small for what others get")
        return answer, deflate


_SERVER = _Server(extensions=[_SharedDeflate()])
"""It only ever answers requests, and keeps nothing of one that matters to the next."""


_FIELDS = {
    name.lower().encode(): name
    for name in (
        "Connection",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Version",
        "Upgrade",
    )
}
"""What a handshake is about, of the dozen headers that a browser sends."""


def read_fields(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return the headers that matter here as the library takes them."""
    fields = Headers()
    for name, value in headers:
        field = _FIELDS.get(name)
        if field is not None:
            fields[field] = value.decode("latin-1")
    return fields


def shake_hands(request: Request) -> Handshake:
    """Answer a WebSocket request whose host and origin were checked."""
    response = _SERVER.accept(request)
    accepted = response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
    deflates = accepted and "Sec-WebSocket-Extensions" in response.headers
    return Handshake(response.serialize(), accepted, deflates)


def refuse(status: int, phrase: str, message: str, *, wait: float = 0) -> bytes:
    """Return a plain HTTP refusal that ends the connection."""
    body = f"{message}\n".encode()
    headers = Headers(
        {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "Cache-Control": "no-store",
        }
    )
    if wait:
        headers["Retry-After"] = str(max(1, round(wait)))
    return Response(status, phrase, headers, body).serialize()


def find_header(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> str | None:
    """Return a header's value; None if it is not there or there twice."""
    found = [value for key, value in headers if key == name]
    return found[0].decode("latin-1").strip() if len(found) == 1 else None


def identify_caller(
    peer: Peer, headers: Sequence[tuple[bytes, bytes]], site: Site, device: int
) -> Caller:
    """Return who speaks: by header, else by cookie, else nobody known yet.

    A page must have become a guest over HTTP; a program becomes one by `hello`.
    """
    origin = find_header(headers, b"origin")
    caller = Caller(
        # Thousands may come from one address, and all by a few names.
        address=intern(peer.address),
        site=intern(site.base(peer.scheme, peer.host)),
        newcomer=Newcomer.GUEST if origin is None else Newcomer.REFUSED,
        greets=True,
        device=device,
    )
    authorization = find_header(headers, b"authorization") or ""
    if authorization.lower().startswith(_BEARER):
        caller.token = authorization[len(_BEARER) :].strip()
        return caller
    cookie = _find_cookie(headers, site.cookie_name(peer.scheme, peer.host))
    if cookie is not None:
        caller.token, caller.strict = cookie, False
    return caller


def _find_cookie(headers: Sequence[tuple[bytes, bytes]], name: str) -> str | None:
    lines = [value.decode("latin-1") for key, value in headers if key == b"cookie"]
    if not lines:
        return None
    jar = SimpleCookie()
    try:
        for line in lines:
            jar.load(line)
    except CookieError:
        return None
    morsel = jar.get(name)
    return None if morsel is None else morsel.value
