"""Who asks little never waits behind those who ask a lot."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.domain.fairness import Rota, Shares


def turns(rota: Rota[str], count: int, cost: float = 1) -> list[str]:
    """Give so many turns to those who always stay."""
    had: list[str] = []
    for _ in range(count):
        had.append(rota.next())
        rota.spend(cost, stays=True)
    return had


def test_whoever_comes_after_a_pause_is_next() -> None:
    rota: Rota[str] = Rota()
    for number in range(2_000):
        rota.come(f"10.0.0.{number % 4}", f"flooder {number}")
    turns(rota, 5_000)
    rota.come("10.0.1.1", "Ada")
    assert "Ada" in turns(rota, 5)


def test_a_thousand_connections_of_one_address_get_what_one_gets() -> None:
    rota: Rota[str] = Rota()
    for number in range(1_000):
        rota.come("10.0.0.1", f"flooder {number}")
    rota.come("10.0.0.2", "Ada")
    had = Counter(turns(rota, 1_000))
    assert had["Ada"] == 500


def test_at_one_address_everybody_gets_the_same() -> None:
    rota: Rota[str] = Rota()
    for name in ("Ada", "Bob", "Eve"):
        rota.come("10.0.0.1", name)
    assert set(Counter(turns(rota, 300)).values()) == {100}


def test_who_asks_for_heavy_things_gets_fewer_of_them() -> None:
    rota: Rota[str] = Rota()
    rota.come("10.0.0.1", "heavy")
    rota.come("10.0.0.2", "light")
    had = Counter[str]()
    for _ in range(1_700):
        name = rota.next()
        had[name] += 1
        rota.spend(16 if name == "heavy" else 1, stays=True)
    assert had["light"] == pytest.approx(16 * had["heavy"], rel=0.02)


def test_to_come_and_go_wins_nobody_a_turn() -> None:
    shares: Shares[str] = Shares()
    shares.come("sly")
    shares.come("patient")
    had = Counter[str]()
    for _ in range(100):
        name = shares.next()
        had[name] += 1
        shares.spend(1, stays=name == "patient")
        if name == "sly":
            shares.come("sly")
    assert abs(had["sly"] - had["patient"]) <= 1


def test_nobody_saves_up_while_away() -> None:
    shares: Shares[str] = Shares()
    shares.come("busy")
    for _ in range(1_000):
        shares.next()
        shares.spend(1, stays=True)
    shares.come("back")
    had = Counter[str]()
    for _ in range(100):
        had[shares.next()] += 1
        shares.spend(1, stays=True)
    assert abs(had["busy"] - had["back"]) <= 2


def test_when_all_are_gone_it_is_forgotten_what_they_had() -> None:
    shares: Shares[str] = Shares()
    shares.come("Ada")
    shares.next()
    shares.spend(1_000, stays=False)
    assert not shares
    shares.come("Ada")
    shares.come("Bob")
    assert shares.next() == "Ada"


def test_what_those_had_who_never_come_back_is_forgotten_in_time() -> None:
    shares: Shares[int] = Shares()
    for number in range(20_000):
        shares.come(number)
        if number >= 10:
            shares.next()
            shares.spend(1, stays=False)
    assert len(vars(shares)["_ended"]) < 5_000


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), max_size=60))
def test_everybody_who_came_gets_a_turn(who: list[tuple[int, int]]) -> None:
    rota: Rota[tuple[int, int]] = Rota()
    came = dict.fromkeys(who)
    for address, member in came:
        rota.come(str(address), (address, member))
    had: list[tuple[int, int]] = []
    while rota:
        had.append(rota.next())
        rota.spend(1, stays=False)
    assert sorted(had) == sorted(came)
    with pytest.raises(IndexError):
        rota.next()
