"""Signs of life, for proxies, orchestrators and Prometheus. Nothing private is told."""

from collections.abc import Callable

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from chinwag.api.problems import PROBLEMS
from chinwag.errors import Unavailable

_UNAVAILABLE = {503: PROBLEMS[503]}
_PROMETHEUS = "text/plain; version=0.0.4"


def make_health(
    health: Callable[[], bool], metrics: Callable[[], bytes]
) -> list[HTTPRouteHandler]:
    """Return the routes that tell how the server is."""

    @get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
    def tell_alive() -> str:
        """Tell that the process answers."""
        return "alive\n"

    @get("/up", media_type=MediaType.TEXT, sync_to_thread=False)
    def tell_up() -> str:
        """Tell the same, under the name that some proxies ask for."""
        return "alive\n"

    @get(
        "/readyz",
        responses=_UNAVAILABLE,
        media_type=MediaType.TEXT,
        sync_to_thread=False,
    )
    def tell_ready() -> str:
        """Tell whether commands are taken just now."""
        if not health():
            raise Unavailable("Chinwag takes nothing at the moment.")
        return "ready\n"

    @get("/metrics", media_type=_PROMETHEUS, sync_to_thread=False)
    def tell_figures() -> Response[bytes]:
        """Tell the figures, as Prometheus text."""
        return Response(metrics())

    return [tell_alive, tell_up, tell_ready, tell_figures]
