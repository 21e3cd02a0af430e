"""Whose turn it is: who asks little never waits behind those who ask a lot."""

from collections.abc import Hashable
from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
_MOST_KNOWN = 4_096


class Shares(Generic[K]):
    """Everybody who waits, in the order in which all get an even share.

    Start-time fair queueing (Goyal, Vin, Cheng: SIGCOMM 1996). A turn begins at the
    later of two times: now, which is when the turn before began, and the end of the
    same one's last turn. Whoever had little goes first; nobody saves up.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._waiting: list[tuple[float, int, K]] = []
        self._ended: dict[K, float] = {}
        self._serial = count()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def come(self, key: K) -> None:
        """Take in somebody who does not wait yet."""
        begins = max(self._now, self._ended.pop(key, 0.0))
        heappush(self._waiting, (begins, next(self._serial), key))

    def next(self) -> K:
        """Return whose turn it is, until `spend` ends it.

        Raises:
            IndexError: Nobody waits.
        """
        self._now, _, key = self._waiting[0]
        return key

    def spend(self, cost: float, *, stays: bool) -> None:
        """End the turn of whoever has it, at its cost; they stay, or go."""
        begun, _, key = self._waiting[0]
        if stays:
            turn = (begun + cost, next(self._serial), key)
            heapreplace(self._waiting, turn)
            return
        heappop(self._waiting)
        self._ended[key] = begun + cost
        if not self._waiting:
            # Nobody was kept waiting: what they had they had for nothing.
            self._ended.clear()
        elif len(self._ended) > _MOST_KNOWN:
            self._forget()

    def _forget(self) -> None:
        """Forget those who would be let in at once anyway; if that is few, half."""
        owing = [(key, end) for key, end in self._ended.items() if end > self._now]
        if len(owing) > _MOST_KNOWN // 2:
            owing = owing[len(owing) // 2 :]
        self._ended = dict(owing)


class Rota(Generic[K]):
    """Members that wait for a turn: addresses share evenly, and each one's members.

    Who opens a thousand connections gets no more than who opens one.
    """

    def __init__(self) -> None:
        self._addresses: Shares[str] = Shares()
        self._members: dict[str, Shares[K]] = {}

    def __bool__(self) -> bool:
        return bool(self._addresses)

    def clear(self) -> None:
        """Let all go at once: nobody is kept waiting, and nobody owes anything."""
        self._addresses = Shares()
        self._members.clear()

    def come(self, address: str, member: K) -> None:
        """Take in somebody who does not wait yet."""
        members = self._members.get(address)
        if members is None:
            members = self._members[address] = Shares()
            self._addresses.come(address)
        members.come(member)

    def next(self) -> K:
        """Return whose turn it is, until `spend` ends it.

        Raises:
            IndexError: Nobody waits.
        """
        return self._members[self._addresses.next()].next()

    def spend(self, cost: float, *, stays: bool) -> None:
        """End the turn of whoever has it, at its cost; they stay, or go."""
        address = self._addresses.next()
        members = self._members[address]
        members.spend(cost, stays=stays)
        if not members:
            del self._members[address]
        self._addresses.spend(cost, stays=bool(members))
