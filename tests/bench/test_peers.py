"""Peers are registered once, tell what they lack, and deliver all if they run."""

from pathlib import Path

import pytest

from bench.load import Load
from bench.peers import Crowd, Peer
from bench.peers import library as libraries
from bench.peers.all import PEERS, Absent
from bench.peers.inspircd import InspIRCd
from bench.peers.nats import Nats
from bench.peers.nchan import Nchan
from bench.peers.socketio import SocketIO
from bench.scenarios.hot_room import run_once

QUICK = Load(warm_up=0.1, seconds=0.3, quiet=0.2, drain=5.0)
SMALL = Crowd(rooms=1, members=20, senders=4)


def test_every_peer_has_a_name_of_its_own_and_tells_its_settings() -> None:
    names = [peer.name for peer in PEERS]
    assert len(names) == len(set(names))
    assert all(peer.about for peer in PEERS)


def test_what_cannot_be_had_says_why_and_is_never_started() -> None:
    absent = [peer for peer in PEERS if isinstance(peer, Absent)]
    assert {peer.name for peer in absent} == {"hack.chat", "uWebSockets.js"}
    for peer in absent:
        assert peer.missing()
        with pytest.raises(NotImplementedError):
            peer.command(1, Path())


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_that_is_installed_delivers_everything(peer: Peer) -> None:
    if missing := peer.missing():
        pytest.skip(missing)
    outcome = run_once(peer, SMALL, QUICK, free=True)
    assert outcome["all"]["deliveries"] == outcome["all"]["posts"] * SMALL.members > 0


def test_a_new_lock_file_asks_for_installing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, lock = tmp_path / "place", tmp_path / "lock.txt"
    place.mkdir()
    lock.write_text("one==1\n")
    monkeypatch.setitem(libraries.LOCKS, place, lock)
    assert not libraries.is_installed(place)
    (place / libraries.DONE).write_text(libraries.digest(place))
    assert libraries.is_installed(place)
    lock.write_text("one==2\n")
    assert not libraries.is_installed(place)


def test_socket_io_is_told_who_comes_in_its_own_packets() -> None:
    (line,) = SocketIO().seat(1, Crowd(1, 1, 1))
    assert line.prelude == ('40{"room": "r0", "name": "p0"}',)
    assert line.post == '42["message",{"text":"$t"}]'


def test_those_with_settings_listen_on_this_machine_alone(tmp_path: Path) -> None:
    Nats().command(4_000, tmp_path)
    assert '"host": "127.0.0.1", "port": 4000' in (tmp_path / "nats.conf").read_text()
    Nchan().command(4_000, tmp_path)
    assert "listen 127.0.0.1:4000;" in (tmp_path / "nginx.conf").read_text()
    InspIRCd().command(4_000, tmp_path)
    bound = '<bind address="127.0.0.1" port="4000"'
    assert bound in (tmp_path / "inspircd.conf").read_text()


@pytest.mark.parametrize("peer", [Nchan(), InspIRCd()], ids=lambda peer: peer.name)
def test_who_has_one_room_by_its_settings_refuses_more(peer: Peer) -> None:
    with pytest.raises(ValueError, match="one room"):
        peer.seat(1, Crowd(2, 2, 1))
