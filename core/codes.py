"""Pure: a number or a code as a picture that tills and phones can read."""

import io
from functools import lru_cache

import segno
from barcode import Code128
from django.utils.safestring import SafeString, mark_safe

QUIET_MODULES = 4
# Choosing the best of a QR code's eight masks takes longer than all else on a page: members look again and again.
KEPT = 2048


@lru_cache(maxsize=KEPT)
def qr(text: str) -> SafeString:
    """TEXT as a QR code: inline SVG, black, with the quiet zone that readers need."""
    return fresh_qr(text)


def fresh_qr(text: str) -> SafeString:
    """The same of a TEXT that nobody will ask for again."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=QUIET_MODULES, xmldecl=False, svgns=False, svgclass="code", lineclass=None,
        omitsize=True, nl=False,
    )  # fmt: skip
    return _decorative(out.getvalue().decode())


@lru_cache(maxsize=KEPT)
def barcode(text: str) -> SafeString:
    """TEXT as a Code 128 barcode: one inline SVG path, as wide as its surroundings."""
    modules = Code128(text).build()[0]
    bars, start = [], None
    for position, module in enumerate(f"{modules}0"):
        if module == "1" and start is None:
            start = position
        elif module == "0" and start is not None:
            bars.append(f"M{start + 10} 0h{position - start}v1h-{position - start}z")
            start = None
    return _decorative(
        f'<svg class="bars" viewBox="0 0 {len(modules) + 20} 1" preserveAspectRatio="none">'
        f'<path fill="currentColor" d="{"".join(bars)}"/></svg>'
    )


def _decorative(svg: str) -> SafeString:
    # The number stands beside it in digits: a picture of it says nothing to those who can't see it.
    return mark_safe(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S308  drawn here, of digits
