"""JSON is read strictly: what two programs could read in two ways is refused."""

import pytest

from pos.api import parsers
from pos.api.problems import InvalidJSON


def test_json_is_read() -> None:
    assert parsers.decoded('{"a": ["ü", 1.5, -2, null, true, "\\u4f60"]}'.encode()) == {
        "a": ["ü", 1.5, -2, None, True, "你"]
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "Expecting value (1:1)", id="nothing"),
        pytest.param(b"{", "Expecting property name enclosed in double quotes (1:2)", id="cut off"),
        pytest.param(b"{} {}", "Extra data (1:4)", id="two values"),
        pytest.param(b"{'a': 1}", "Expecting property name enclosed in double quotes (1:2)", id="single quotes"),
        pytest.param(b'{"a": NaN}', "NaN and Infinity are not numbers in JSON.", id="NaN"),
        pytest.param(b'{"a": -Infinity}', "NaN and Infinity are not numbers in JSON.", id="Infinity"),
        pytest.param(b'{"a": 1, "a": 1}', "A name stands twice in one object.", id="a name twice"),
        pytest.param(b'{"b": [{"a": 1, "a": 2}]}', "A name stands twice in one object.", id="a name twice, deep"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "A number is too long.", id="5,000 digits"),
        pytest.param(b"[" * 100_000, "It is nested too deeply.", id="nested"),
        pytest.param(b'{"a":' * 50_000, "It is nested too deeply.", id="nested objects"),
        pytest.param(b'{"a": "\xff"}', "It is not UTF-8.", id="Latin-1"),
        pytest.param('{"a": 1}'.encode("utf-16"), "It is not UTF-8.", id="UTF-16"),
        pytest.param(b'{"a": "\xed\xa0\x80"}', "It is not UTF-8.", id="half a pair in UTF-8"),
        pytest.param(b'{"a": "\x00"}', "Invalid control character at (1:8)", id="a bare NUL"),
    ],
)
def test_what_is_not_json_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(InvalidJSON) as refused:
        parsers.decoded(body)

    assert str(refused.value) == f"What the till sent can't be read: {reason}"
