"""nchan, a module of nginx: a channel is a location, and C does the rest."""

from dataclasses import dataclass
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line
from bench.peers.debian import ask_for, find_program

PACKAGES = ("nginx-light", "libnginx-mod-nchan")
MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
DIALECT = Dialect(path="/room", event='{"type":"message"', reply="", echo=True)
POST = '{"type":"message","text":"$t"}'
SETTINGS = """
load_module {module};
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 20000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = /room {{
            nchan_pubsub websocket;
            nchan_channel_id r0;
            nchan_subscriber_first_message newest;
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Nchan:
    """One room: a location that everybody both reads from and writes to."""

    name: str = "nchan"
    keeps: Keeps = Keeps.MEMORY
    about: str = (
        "Debian's nginx with nchan, one worker, publish and subscribe by WebSocket, "
        "the newest 10 messages in shared memory as by default"
    )
    dialect: Dialect = DIALECT

    def missing(self) -> str | None:
        """Return what has to be installed first, if anything."""
        return None if MODULE.exists() else ask_for(*PACKAGES)

    def command(self, port: int, data: Path) -> Command:
        """Return how to start it on this port of this machine alone."""
        data.mkdir(parents=True, exist_ok=True)
        file = data / "nginx.conf"
        file.write_text(SETTINGS.format(module=MODULE, folder=data, port=port))
        return Command([find_program("nginx"), "-p", data, "-c", file])

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - the room is there
        """Return how all come in: by shaking hands."""
        if crowd.rooms != 1:
            raise ValueError("nchan is measured with one room alone")
        return [
            Line(sender=crowd.posts(place), room=0, post=POST, prelude=())
            for place in range(crowd.members)
        ]
