"""What the operator may set: one table for flags, environment, file, help and docs.

It never reads anything but the mappings that it is handed and the settings file.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypeVar, cast
from urllib.parse import urlsplit

import platformdirs

from chinwag import failpoints
from chinwag.domain.rates import Rate
from chinwag.errors import ConfigFileInvalid, SettingInvalid

PREFIX: Final = "CHINWAG_"
FILE_NAME: Final = "chinwag.toml"

T = TypeVar("T")
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as the operator sees it; `read` raises ValueError with its reason."""

    name: str
    default: str
    meaning: str
    shape: str
    read: Callable[[str], object]
    stand_in: str | None = None

    @property
    def flag(self) -> str:
        """The option on the command line: `--public-url`."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """The name in the environment: `CHINWAG_PUBLIC_URL`."""
        return f"{PREFIX}{self.name.upper()}"


def read_host(text: str) -> str:
    """Return an address or a host name to listen at."""
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", text):
        raise ValueError("must be an address or a host name")
    return text


def read_port(text: str) -> int:
    """Return a TCP port; 0 lets the system choose one."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65_535:
        raise ValueError("must be a whole number from 0 to 65535")
    return int(text)


def read_path(text: str) -> Path:
    """Return an absolute path, `~` being the user's home."""
    if not text.isprintable():
        raise ValueError("must be a path without control characters")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise ValueError("must be a path, and there is no such user") from error


def read_optional_path(text: str) -> Path | None:
    """Return an absolute path, or None for an empty text."""
    return read_path(text) if text else None


def read_database(text: str) -> str | None:
    """Return None, which is SQLite in the data directory: there is no other yet."""
    if text in {"", "sqlite"}:
        return None
    raise ValueError("this version runs on SQLite only, so leave the setting out")


def read_bus(text: str) -> str | None:
    """Return None, which is the bus inside the process: there is no other yet."""
    if text in {"", "local"}:
        return None
    raise ValueError("this version runs as one process only, so leave the setting out")


def read_origin(text: str) -> str:
    """Return an origin as browsers write it: small letters, no default port."""
    reason = "must be an http or https address without a path: https://chat.example"
    try:
        url = urlsplit(text)
        host = (url.hostname or "").encode("idna").decode("ascii")
        port = url.port
    except ValueError as error:
        raise ValueError(reason) from error
    if url.scheme not in {"http", "https"} or not re.fullmatch(r"[\w.:-]+", host):
        raise ValueError(reason)
    if url.path not in {"", "/"} or url.query or url.fragment or "@" in url.netloc:
        raise ValueError(reason)
    name = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[url.scheme]
    return f"{url.scheme}://{name}" + ("" if port in {None, usual} else f":{port}")


def read_optional_origin(text: str) -> str | None:
    """Return an origin, or None for an empty text."""
    return read_origin(text) if text else None


def read_origins(text: str) -> tuple[str, ...]:
    """Return origins that stand between commas."""
    return tuple(read_origin(part) for part in _parts(text))


def read_networks(text: str) -> tuple[Network, ...]:
    """Return addresses and networks that stand between commas."""
    try:
        return tuple(ip_network(part) for part in _parts(text))
    except ValueError as error:
        raise ValueError(
            "must be addresses or networks between commas: 127.0.0.1, 10.0.0.0/8"
        ) from error


def read_rate(text: str) -> Rate:
    """Return `10/40` as ten a second and forty at once, `0` as no limit."""
    if text == "0":
        return Rate(0, 0)
    shape = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(?:/([0-9]{1,9}))?", text)
    per_second = float(shape[1]) if shape else 0
    burst = int(shape[2]) if shape and shape[2] else math.ceil(per_second)
    if per_second == 0 or burst == 0:
        raise ValueError("must be like 10/40 (ten a second, forty at once), 10 or 0")
    return Rate(per_second, burst)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _setting(
    default: str,
    read: Callable[[str], T],
    meaning: str,
    *,
    shape: str,
    shown: str | None = None,
    stand_in: str | None = None,
) -> T:
    """Return a field of `Settings` that carries its row."""
    row = {
        "default": default if shown is None else shown,
        "meaning": meaning,
        "shape": shape,
        "read": read,
        "stand_in": stand_in,
    }
    return field(default=read(default), metadata=row)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that may be set, checked and typed. With nothing set, Chinwag runs."""

    host: str = _setting(
        "0.0.0.0",  # noqa: S104 - to be reached from the LAN is what it is for
        read_host,
        "The address to listen at; 127.0.0.1 keeps Chinwag to this computer.",
        shape="ADDRESS",
    )
    port: int = _setting(
        "2428",
        read_port,
        "The port for the page, HTTP and WebSockets alike; 0 takes any free one.",
        shape="NUMBER",
        stand_in="PORT",
    )
    data: Path = _setting(
        str(platformdirs.user_data_path("chinwag", appauthor=False)),
        read_path,
        "The directory that holds everything: database, secret, lock.",
        shape="DIRECTORY",
        shown="chinwag in the user's data directory",
    )
    database: str | None = _setting(
        "",
        read_database,
        "Where the log is kept: `sqlite`, which is chinwag.db in the data directory.",
        shape="WHICH",
        shown="sqlite",
    )
    bus: str | None = _setting(
        "",
        read_bus,
        "What carries events between processes: `local`, as there is one process.",
        shape="WHICH",
        shown="local",
    )
    public_url: str | None = _setting(
        "",
        read_optional_origin,
        "The address that people use, where that is another one, as behind a proxy: "
        "https://chat.example. Links carry it, and pages from there are believed.",
        shape="URL",
        shown="the address of each request",
    )
    config: Path | None = _setting(
        "",
        read_optional_path,
        "The settings file.",
        shape="FILE",
        shown="chinwag.toml in the data directory",
    )
    proxies: tuple[Network, ...] = _setting(
        "",
        read_networks,
        "Addresses and networks, between commas, whose X-Forwarded headers are "
        "believed: 127.0.0.1, 10.0.0.0/8.",
        shape="NETWORKS",
        shown="nobody",
    )
    origins: tuple[str, ...] = _setting(
        "",
        read_origins,
        "Other origins, between commas, whose pages may speak to Chinwag in a "
        "person's name: https://intranet.example.",
        shape="URLS",
        shown="none",
    )
    rate_messages: Rate = _setting(
        "10/40",
        read_rate,
        "Messages of one person: so many a second, and so many at once; 0 is no limit.",
        shape="RATE",
    )
    rate_joins: Rate = _setting(
        "20/100",
        read_rate,
        "Joins, new guests and new rooms from one address: so many a second, and "
        "so many at once; 0 is no limit.",
        shape="RATE",
    )
    rate_connections: Rate = _setting(
        "50/500",
        read_rate,
        "Sockets from one address: so many a second, and so many at once; four times "
        "as many connections for the page and HTTP, which a proxy's do not count for. "
        "0 is no limit, also none on how many are open.",
        shape="RATE",
    )


ROWS: Final = tuple(Row(name=each.name, **each.metadata) for each in fields(Settings))
_ROW: Final = {row.name: row for row in ROWS}


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody set: the text, and where it stands."""

    text: str
    where: str


def load(flags: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    """Return the settings, or raise a StartError that says in a sentence why not.

    Flags beat the environment, the environment beats the file, the file beats the
    defaults. An empty variable counts as none.
    """
    said = _said_in_environment(environment) | _said_in_flags(flags)
    found = {name: _read(name, each) for name, each in said.items()}
    path, chosen = _settings_file(Settings(**found))  # pyright: ignore[reportArgumentType]
    beneath = _said_in_file(path, may_place_data=chosen)
    found = {name: _read(name, each) for name, each in beneath.items()} | found
    return Settings(**found)  # pyright: ignore[reportArgumentType]


def _said_in_flags(flags: Mapping[str, str]) -> dict[str, _Said]:
    return {name: _Said(text, _ROW[name].flag) for name, text in flags.items()}


def _said_in_environment(environment: Mapping[str, str]) -> dict[str, _Said]:
    known = {row.variable: row for row in ROWS}
    for name in environment:
        if name == failpoints.VARIABLE:
            continue
        if name.startswith(PREFIX) and name not in known:
            raise SettingInvalid(f"{name} is no setting: {_hint(name, known)}")
    return {
        row.name: _Said(environment[variable], variable)
        for row in ROWS
        for variable in (row.stand_in, row.variable)
        if variable and environment.get(variable)
    }


def _settings_file(settings: Settings) -> tuple[Path | None, bool]:
    """Return the file to read, if there is one, and whether the operator named it."""
    if settings.config:
        return settings.config, True
    usual = settings.data / FILE_NAME
    return (usual if usual.is_file() else None), False


def _said_in_file(path: Path | None, *, may_place_data: bool) -> dict[str, _Said]:
    if path is None:
        return {}
    said = _table(path)
    for name in said:
        if name not in _ROW:
            hint = _hint(name, _ROW)
            raise SettingInvalid(f"{name} in {path} is no setting: {hint}")
        if name == "config" or (name == "data" and not may_place_data):
            raise SettingInvalid(f"{path} cannot set {name}, which tells where it is.")
    return {
        name: _Said(_text(value), f"{name} in {path}") for name, value in said.items()
    }


def _table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigFileInvalid(f"{path} is not TOML: {error}.") from error
    except OSError as error:
        raise ConfigFileInvalid(
            f"The settings file {path} cannot be read: {error.strerror}."
        ) from error


def _text(value: object) -> str:
    """Return what a value of the file would be on the command line."""
    if isinstance(value, list):
        return ",".join(str(part) for part in cast("list[object]", value))
    return str(value)


def _read(name: str, said: _Said) -> object:
    try:
        return _ROW[name].read(said.text)
    except ValueError as error:
        shown = re.sub(r"//[^/@]*@", "//…@", said.text)
        raise SettingInvalid(f"{said.where} is {shown!r}, but {error}.") from error


def _hint(name: str, known: Iterable[str]) -> str:
    # Without the prefix, which would make all names look alike.
    bare = {each.removeprefix(PREFIX): each for each in known}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), bare, n=1)
    if near:
        return f"did you mean {bare[near[0]]}?"
    return "`chinwag --help` lists them all."
