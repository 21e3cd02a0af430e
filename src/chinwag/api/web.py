"""The page, under every address that it shows, and the files that it is made of."""

from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from chinwag.api.files import PageFile, read_files
from chinwag.errors import NotFound

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PERMISSIONS_POLICY: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer browsing-topics camera display-capture geolocation gyroscope "
        "magnetometer microphone midi payment publickey-credentials-get serial usb"
    ).split()
)
_OF_THE_PAGE: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
}
_INDEX: Final = "index.html"
_NOT_BUILT: Final = (
    "The page is not built yet. Run `make setup`, or `npm --prefix web run build`, "
    "and start Chinwag again.\n"
)
# The page reads the rest of its address itself.
_ADDRESSES: Final = ["/", "/join", "/room/{room:str}", "/room/{room:str}/{seq:str}"]


def make_web(page: Path) -> list[HTTPRouteHandler]:
    """Return the routes of the page that was built into the directory `page`."""
    files = read_files(page)

    @get(_ADDRESSES, include_in_schema=False, sync_to_thread=False)
    def show_page(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Show the page."""
        index = files.get(_INDEX)
        if index is None:
            return Response(
                _NOT_BUILT.encode(), status_code=503, media_type="text/plain"
            )
        return _send(request, index)

    @get("/assets/{name:path}", include_in_schema=False, sync_to_thread=False)
    def send_asset(
        request: Request[Any, Any, Any], name: FromPath[str]
    ) -> Response[bytes]:
        """Send a part of the page."""
        file = files.get(f"assets{name}")
        if file is None:
            raise NotFound
        return _send(request, file)

    at_root = [f"/{name}" for name in files if "/" not in name]

    @get(at_root, include_in_schema=False, sync_to_thread=False)
    def send_file(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Send a file that has its place at the root."""
        return _send(request, files[request.url.path.lstrip("/")])

    return [show_page, send_asset, *([send_file] if at_root else [])]


def _send(request: Request[Any, Any, Any], file: PageFile) -> Response[bytes]:
    """Return a file as this browser likes it, or word that it has it already."""
    zipped = file.zipped if _takes_gzip(request) else None
    tag = f'"{file.tag}-gzip"' if zipped is not None else f'"{file.tag}"'
    headers = {"Cache-Control": file.cache, "ETag": tag, "Vary": "Accept-Encoding"}
    if file.media_type.startswith("text/html"):
        headers |= _OF_THE_PAGE
    if _holds(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, headers=headers)
    if zipped is not None:
        headers["Content-Encoding"] = "gzip"
    body = file.plain if zipped is None else zipped
    return Response(body, headers=headers, media_type=file.media_type)


def _takes_gzip(request: Request[Any, Any, Any]) -> bool:
    """Tell whether gzip may be sent (RFC 9110, section 12.5.3)."""
    weights: dict[str, bool] = {}
    for said in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = said.replace(" ", "").partition(";q=")
        weights[coding] = weight.strip("0.") != "" or not weight
    return weights.get("gzip", weights.get("*", False))


def _holds(known: str, tag: str) -> bool:
    """Tell whether `If-None-Match` names this tag (RFC 9110, section 13.1.2)."""
    tags = {each.strip().removeprefix("W/") for each in known.split(",")}
    return tag in tags or "*" in tags
