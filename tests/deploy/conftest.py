"""A certificate of our own, and a free port for a proxy."""

import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HOST = "chat.example"


@dataclass(frozen=True)
class Certificate:
    """A self-made certificate for `HOST`."""

    chain: Path
    key: Path

    @property
    def trust(self) -> ssl.SSLContext:
        """What a client uses that trusts this one alone."""
        return ssl.create_default_context(cafile=str(self.chain))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for `HOST` that nobody else trusts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: TLS proxies are not tested")
    folder = tmp_path_factory.mktemp("tls")
    made = Certificate(folder / "fullchain.pem", folder / "privkey.pem")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
            *("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"),
            *("-keyout", made.key, "-out", made.chain),
        ],
        check=True,
        capture_output=True,
    )
    return made


@pytest.fixture
def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
