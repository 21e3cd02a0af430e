"""Refuses what other sites' pages send in the name of whoever looks at them."""

from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from chinwag.api.headers import is_json, read_bearer
from chinwag.api.requests import JsonRequest
from chinwag.errors import Forbidden
from chinwag.protocol.site import Site

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]


def make_guard(site: Site) -> Guard:
    """Return the guard of all routes that know who speaks.

    It raises `Forbidden` for what comes from a page of another site, and for a
    cookie's changes without what only our own page can add to them.
    """

    def check(request: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        assert isinstance(request, JsonRequest)
        _check_origin(site, request)
        if request.method == "POST":
            _check_change(site, request)

    return check


def _check_origin(site: Site, request: JsonRequest) -> None:
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    if origin is not None and not site.accepts_origin(origin, host):
        raise Forbidden("Origin: pages of another site may not call this server.")


def _check_change(site: Site, request: JsonRequest) -> None:
    headers = request.headers
    if headers.get("sec-fetch-site") == "cross-site":
        raise Forbidden(
            "Sec-Fetch-Site: pages of another site may not call this server."
        )
    cookie = site.cookie_name(request.scope["scheme"], headers.get("host", ""))
    if read_bearer(headers) is not None or cookie not in request.cookies:
        return
    if headers.get("x-chinwag") != "1":
        raise Forbidden(
            "X-Chinwag: with a cookie, this header must be there, and be 1."
        )
    if not is_json(headers):
        raise Forbidden("Content-Type: with a cookie, only application/json is taken.")
