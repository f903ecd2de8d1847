from hypothesis import given
from hypothesis import strategies as st

from members import numbers

DIGITS = "0123456789"
eleven = st.text(DIGITS, min_size=11, max_size=11)


def checked(digits: str) -> str:
    return next(digits + check for check in DIGITS if numbers.is_valid(digits + check))


def test_a_known_number() -> None:
    # 572 has check digit 4 in Damm's own example; leading zeros change nothing.
    assert checked("00000000572") == "000000005724"


@given(eleven)
def test_each_number_has_one_check_digit(digits: str) -> None:
    assert sum(numbers.is_valid(digits + check) for check in DIGITS) == 1


@given(eleven)
def test_every_wrong_digit_is_found(digits: str) -> None:
    number = checked(digits)
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for place in range(12)
        for digit in DIGITS
        if digit != number[place]
    ]

    assert len(wrong) == 108
    assert [other for other in wrong if numbers.is_valid(other)] == []


@given(eleven)
def test_every_swap_of_neighbours_is_found(digits: str) -> None:
    number = checked(digits)
    swapped = [
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for place in range(11)
        if number[place] != number[place + 1]
    ]

    assert [other for other in swapped if numbers.is_valid(other)] == []


def test_the_table_finds_both_mistakes_in_numbers_of_any_digits() -> None:
    """Over all states and digits, so for all numbers: what Hypothesis can only sample."""
    table = [[int(digit) for digit in row] for row in numbers._DAMM]
    values = set(range(10))

    assert all(set(row) == values for row in table)
    assert all({row[column] for row in table} == values for column in range(10))
    assert all(table[state][state] == 0 for state in range(10))
    assert [
        (state, x, y)
        for state in range(10)
        for x in range(10)
        for y in range(10)
        if x != y and table[table[state][x]][y] == table[table[state][y]][x]
    ] == []


def test_drawn_numbers_are_valid_and_differ() -> None:
    drawn = {numbers.draw() for _ in range(1000)}

    assert len(drawn) == 1000
    assert all(numbers.is_valid(number) for number in drawn)


def test_numbers_are_written_in_groups_and_read_back() -> None:
    assert numbers.written("000000005724") == "0000 0000 5724"
    assert numbers.plain(" 0000-0000 5724\n") == "000000005724"


def test_only_twelve_plain_digits_are_a_number() -> None:
    assert numbers.is_valid("000000005724")
    for text in ("", "5724", "0000000005724", "00000000572x", "٠٠٠٠٠٠٠٠٥٧٢٤"):
        assert not numbers.is_valid(text)
