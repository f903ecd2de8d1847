"""Voucher codes: unguessable, readable aloud, and mistyped ones are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards import codes

CODES = st.builds(lambda body: body + next(c for c in codes.ALPHABET if codes.is_valid(body + c)),
                  st.text(codes.ALPHABET, min_size=15, max_size=15))  # fmt: skip


def test_codes_are_sixteen_characters_and_no_two_alike() -> None:
    drawn = {codes.draw() for _number in range(1000)}

    assert len(drawn) == 1000
    assert all(codes.is_valid(code) and len(code) == 16 for code in drawn)


@given(CODES, st.integers(0, 15), st.sampled_from(codes.ALPHABET))
def test_one_wrong_character_is_found(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]

    assert codes.is_valid(wrong) == (wrong == code)


@given(CODES, st.integers(0, 15), st.integers(0, 15))
def test_two_characters_that_changed_places_are_found(code: str, one: int, two: int) -> None:
    characters = list(code)
    characters[one], characters[two] = characters[two], characters[one]
    wrong = "".join(characters)

    assert codes.is_valid(wrong) == (wrong == code)


@given(CODES)
def test_codes_are_read_as_people_write_them(code: str) -> None:
    careless = codes.written(code).lower().replace("0", "o").replace("1", "l")

    assert codes.plain(careless) == code
    assert codes.plain(f" {codes.written(code).replace('-', ' ')} ") == code


@pytest.mark.parametrize("text", ["", "ABC", "U" * 16, "Ä" * 16, "0" * 15, "0" * 17])
def test_what_is_no_code_is_not_valid(text: str) -> None:
    assert not codes.is_valid(text)


def test_a_code_is_shown_in_groups_or_hidden() -> None:
    assert codes.written("7K3M9QX2TD5RVH0X") == "7K3M-9QX2-TD5R-VH0X"
    assert codes.masked("7K3M9QX2TD5RVH0X") == "…VH0X"
