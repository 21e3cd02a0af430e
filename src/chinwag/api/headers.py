"""What a request's headers tell about who sends it, and what every answer says."""

from typing import Final

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.types import Message, Scope

_BEARER: Final = "bearer "
_ON_ALL: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Whoever wants to be kept says so; all else may be somebody's own.
    "Cache-Control": "no-store",
}


def read_bearer(headers: Headers) -> str | None:
    """Return the token of `Authorization: Bearer` (RFC 6750, section 2.1), if any.

    Another scheme is none of ours: a proxy may ask for a password of its own.
    """
    said = headers.get("authorization", "")
    if not said.lower().startswith(_BEARER):
        return None
    return said[len(_BEARER) :].strip()


def is_page(headers: Headers) -> bool:
    """Tell a browser's page from a program: only browsers send these."""
    return "origin" in headers or "sec-fetch-site" in headers


def is_json(headers: Headers) -> bool:
    """Tell whether the body is said to be JSON."""
    kind = headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == "application/json"


async def say_on_all(message: Message, _: Scope) -> None:
    """Add to an answer what every answer of ours says, unless it says otherwise."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _ON_ALL.items():
            if name not in headers:
                headers[name] = value
