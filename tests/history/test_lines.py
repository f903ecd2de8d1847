"""Reading the file: every format that is real, and a clear refusal with the line for whatever is not."""

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from pos.history import lines
from pos.history.lines import FileLine, UnreadableFile
from tests.history import samples

ROW = "536365,85123a,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"
LINE = FileLine(
    2,
    "536365",
    "85123A",
    "WHITE HANGING HEART T-LIGHT HOLDER",
    6,
    samples.local(2010, 12, 1, 8, 26),
    Decimal("2.55"),
    "17850",
)


def test_a_line_is_read_with_its_number_and_its_code_in_capitals(tmp_path: Path) -> None:
    assert list(lines.read(samples.write(tmp_path / "a.csv", [ROW]))) == [LINE]


def test_a_gzipped_file_with_a_byte_order_mark_reads_the_same(tmp_path: Path) -> None:
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(f"\ufeff{samples.HEADING}\r\n{ROW}\r\n".encode()))
    assert list(lines.read(packed)) == [LINE]


def test_the_second_editions_headings_and_numbers_of_customers_with_a_point_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
        + ROW.replace("17850", "17850.0")
        + "\n"
    )
    assert list(lines.read(path)) == [LINE]


def test_the_survey_counts_lines_and_money_and_sees_where_invoices_end_and_what_comes_back() -> None:
    found = lines.survey(samples.REAL)
    assert (found.lines, found.amount, len(found.ends)) == (292, Decimal("-90.279"), 68)
    assert (found.first_at, found.last_at) == (samples.local(2010, 12, 1, 10, 51), samples.local(2011, 12, 9, 9, 27))
    assert found.ends["581483"] == 292
    assert ("16446", "23843") in found.returned


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (ROW.replace(",6,", ",six,"), "the quantity “six” is no whole number"),
        (ROW.replace("2.55", "a lot"), "the price “a lot” is no number"),
        (ROW.replace("2.55", "NaN"), "the price “NaN” is no number"),
        (
            ROW.replace("2010-12-01", "1.12.2010"),
            "“1.12.2010 08:26:00” is no date and time such as 2010-12-01 08:26:00",
        ),
        ("536365,85123A", "it is cut off: it has 2 cells, and 7 are needed"),
        (ROW.replace("85123a", "X" * 41), "a code is longer than 40 characters"),
        (ROW.replace("536365", "5363\u202e65"), "it holds characters that can't be seen"),
        (ROW.replace("WHITE", '"WHITE'), "unexpected end of data"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(tmp_path: Path, row: str, problem: str) -> None:
    path = samples.write(tmp_path / "a.csv", [ROW, row])
    with pytest.raises(UnreadableFile, match=problem) as refusal:
        lines.survey(path)
    assert refusal.value.details["line"] == 3


def test_lines_out_of_order_are_refused_because_points_are_posted_in_time(tmp_path: Path) -> None:
    path = samples.write(tmp_path / "a.csv", [ROW, ROW.replace("08:26", "08:25")])
    with pytest.raises(UnreadableFile, match="Line 3 of the file can't be read: it is earlier than the line before it"):
        lines.survey(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("InvoiceNo,StockCode\n1,2\n")
    with pytest.raises(UnreadableFile, match="Line 1 of the file can't be read: it names no column Description"):
        lines.survey(path)


def test_what_is_no_gzip_or_no_utf8_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "a.csv.gz"
    broken.write_bytes(b"not gzipped")
    with pytest.raises(UnreadableFile, match="Not a gzipped file"):
        lines.survey(broken)
    broken.write_bytes(gzip.compress(b"x" * 5000)[:-20])
    with pytest.raises(UnreadableFile):
        lines.survey(broken)
    latin = tmp_path / "b.csv"
    latin.write_bytes(f"{samples.HEADING}\n{ROW.replace('HEART', 'COEUR £')}\n".encode("latin-1"))
    with pytest.raises(UnreadableFile, match="utf-8"):
        lines.survey(latin)


@pytest.mark.parametrize(
    ("sku", "is_goods"),
    [("85123A", True), ("POST", False), ("M", False), ("BANK CHARGES", False), ("GIFT_0001_20", False), ("C2", False)],
)
def test_postage_fees_and_vouchers_are_no_goods(sku: str, is_goods: bool) -> None:
    assert LINE._replace(sku=sku).is_goods is is_goods
