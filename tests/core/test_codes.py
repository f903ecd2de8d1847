"""Pictures of the member number, read back."""

import re

from core import codes

# Code 128, set C: the modules of each pair of digits that the number below has, of start, checksum and stop.
START, STOP = "11010011100", "1100011101011"


def test_the_barcode_is_code_128_of_the_number_with_quiet_zones() -> None:
    svg = codes.barcode("360000000012")

    (width,) = re.findall(r'viewBox="0 0 (\d+) 1"', svg)
    bars = [(int(start), int(length)) for start, length in re.findall(r"M(\d+) 0h(\d+)v1", svg)]
    modules = ["0"] * int(width)
    for start, length in bars:
        modules[start : start + length] = "1" * length
    picture = "".join(modules)

    assert picture[:10] == picture[-10:] == "0" * 10
    coded = picture[10:-10]
    assert coded.startswith(START)
    assert coded.endswith(STOP)
    # start C, six pairs of digits, checksum (eleven modules each) and stop (thirteen)
    assert len(coded) == 8 * 11 + 13
    zero = coded[22:33]
    assert coded[22:66] == zero * 4


def test_the_qr_code_is_a_picture_without_size_of_its_own() -> None:
    svg = codes.qr("360000000012")

    assert svg.startswith('<svg aria-hidden="true" focusable="false" viewBox="0 0 29 29" class="code">')
    assert svg != codes.qr("360000000021")
