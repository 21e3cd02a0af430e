"""nchan, a module of nginx: a channel is a location, and C does the rest."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line

PACKAGES = ("nginx-light", "libnginx-mod-nchan")
MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
WANTED = f"not installed; as root on Debian: apt-get install {' '.join(PACKAGES)}"
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


def find_nginx() -> str | None:
    """Return where nginx is, which is not on everybody's path."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


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
        return None if find_nginx() and MODULE.exists() else WANTED

    def command(self, port: int, data: Path) -> Command:
        """Return how to start it on this port of this machine alone."""
        data.mkdir(parents=True, exist_ok=True)
        file = data / "nginx.conf"
        file.write_text(SETTINGS.format(module=MODULE, folder=data, port=port))
        return Command([find_nginx() or "nginx", "-p", data, "-c", file])

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - the room is there
        """Return how all come in: by shaking hands."""
        if crowd.rooms != 1:
            raise ValueError("nchan is measured with one room alone")
        return [
            Line(sender=crowd.posts(place), room=0, post=POST, prelude=())
            for place in range(crowd.members)
        ]


def install_nginx() -> None:
    """Install it from Debian where we may; elsewhere it stays missing, and says so."""
    apt = shutil.which("apt-get")
    if Nchan().missing() is None or apt is None or os.geteuid() != 0:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (
        ["update", "-qq"],
        ["install", "-qq", "-y", "--no-install-recommends", *PACKAGES],
    ):
        subprocess.run([apt, *words], check=True, env=environment)  # noqa: S603 - our own list
