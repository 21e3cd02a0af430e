"""How fast is too fast: token buckets, filled by the time that they are told."""

import msgspec


class Rate(msgspec.Struct, frozen=True):
    """So many a second, and so many at once after a pause. 0 a second: no limit."""

    per_second: float
    burst: int

    def times(self, factor: int) -> "Rate":
        """Return a rate so many times as high."""
        return Rate(self.per_second * factor, self.burst * factor)


class Bucket(msgspec.Struct):
    """What one person or address may still do.

    Attributes:
        tokens: How much is left.
        at: When that was true, in seconds of a monotonic clock.
    """

    tokens: float
    at: float


class Limiter:
    """Buckets of one rate, one for each key that was lately seen."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: dict[object, Bucket] = {}

    def take(self, key: object, now: float) -> float:
        """Take one token; return 0, or the seconds until there is one again.

        Args:
            key: Whose bucket.
            now: Seconds of a monotonic clock.
        """
        rate = self._rate
        if rate.per_second <= 0:
            return 0.0
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(float(rate.burst), now)
        bucket.tokens = min(
            rate.burst, bucket.tokens + (now - bucket.at) * rate.per_second
        )
        bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / rate.per_second
        bucket.tokens -= 1
        return 0.0

    def forget_full(self, now: float) -> None:
        """Drop the buckets that have filled up again: a new one would be the same."""
        rate = self._rate
        if rate.per_second <= 0:
            return
        filled_in = rate.burst / rate.per_second
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if now - bucket.at < filled_in
        }
