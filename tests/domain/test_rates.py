"""How fast is too fast."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.domain.rates import Limiter, Rate


def test_a_burst_is_free_and_the_next_has_to_wait() -> None:
    limiter = Limiter(Rate(10, 40))
    assert [limiter.take("ada", 5.0) for _ in range(40)] == [0.0] * 40
    assert limiter.take("ada", 5.0) == pytest.approx(0.1)
    assert limiter.take("eve", 5.0) == 0


def test_who_waits_as_told_is_let_through() -> None:
    limiter = Limiter(Rate(10, 1))
    limiter.take("ada", 0.0)
    wait = limiter.take("ada", 0.0)
    assert limiter.take("ada", wait + 0.001) == 0


def test_a_rate_of_nought_is_no_limit() -> None:
    limiter = Limiter(Rate(0, 0))
    assert all(limiter.take("ada", 0.0) == 0 for _ in range(1_000))
    limiter.forget_full(1.0)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=80))
def test_nobody_gets_more_than_the_burst_and_so_many_a_second(
    pauses: list[float],
) -> None:
    limiter, now, let = Limiter(Rate(2, 5)), 0.0, 0
    for pause in pauses:
        now += pause
        let += limiter.take("ada", now) == 0
    assert let <= 5 + 2 * now


def test_a_full_bucket_is_forgotten_and_nobody_notices() -> None:
    limiter = Limiter(Rate(1, 2))
    assert limiter.take("ada", 0.0) == limiter.take("ada", 0.0) == 0
    limiter.forget_full(1.9)
    assert limiter.take("ada", 1.9) == 0
    assert limiter.take("ada", 1.9) > 0
    limiter.forget_full(9.0)
    assert limiter.take("ada", 9.0) == 0
