"""Integers inside, opaque strings outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.ids import from_text, make_id, to_text
from tests.support.time import MORNING, FakeDice

IMPOSSIBLE = (
    "0 00 01 0x1 0X1 1F -1 +1 1_0 1.0 1h \u0661 \uff11 8000000000000000 g "
    "ffffffffffffffffffffff"
).split(" ")


@given(st.integers(1, 2**63 - 1))
def test_an_id_comes_back_as_it_went_out(number: int) -> None:
    assert from_text(to_text(number)) == number


@pytest.mark.parametrize("text", ["", " 1", "1 ", "1\n", "\x00", *IMPOSSIBLE])
def test_an_impossible_id_is_none(text: str) -> None:
    assert from_text(text) is None


@given(st.text(max_size=20))
def test_any_id_has_one_spelling(text: str) -> None:
    number = from_text(text)
    assert number is None or to_text(number) == text


def test_an_id_of_two_thousand_digits_is_none_at_once() -> None:
    assert from_text("f" * 2_048) is None


def test_later_ids_are_greater_and_fit_the_database() -> None:
    dice = FakeDice()
    made = [make_id(MORNING, dice) for _ in range(9)]
    assert sorted(set(made)) == made
    far = make_id(8_000_000_000_000, dice)  # type: ignore[arg-type]
    assert made[-1] < far < 2**63
