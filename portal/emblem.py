"""The programme's icon on a phone: its logo on white, or our seal in the programme's colour."""

import io
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import Image

from core import branding
from core.models import Programme
from portal import theme

SIZES = (180, 192, 512)
SEAL_COLOUR, ON_SEAL = "#b93a22", "#fff8ea"
# Phones cut icons to their own shape: what counts stays in the middle of a maskable one.
LOGO_SHARE, MASKABLE_SHARE = 0.86, 0.62


def icon(programme: Programme, size: int, *, maskable: bool) -> bytes:
    """The icon as a square PNG of SIZE pixels, to the edge when it is MASKABLE."""
    logo = branding.logo(programme)
    return _drawn(bytes(logo.image) if logo else b"", *colours(programme), size, maskable)


def colours(programme: Programme) -> tuple[str, str]:
    """The programme's colour as a ground, and the ink that can be read on it."""
    return theme.button(programme.theme_colour) if programme.theme_colour else (SEAL_COLOUR, ON_SEAL)


@lru_cache(maxsize=32)
def _drawn(logo: bytes, ground: str, ink: str, size: int, maskable: bool) -> bytes:
    square = Image.new("RGB", (size, size), "#ffffff" if logo else ground)
    if logo:
        _place(square, Image.open(io.BytesIO(logo)), MASKABLE_SHARE if maskable else LOGO_SHARE)
    else:
        share = MASKABLE_SHARE if maskable else LOGO_SHARE
        strokes = Image.open(Path(settings.BASE_DIR) / "portal" / "seal.png").convert("L")
        side = round(size * share)
        corner = (size - side) // 2
        square.paste(Image.new("RGB", (side, side), ink), (corner, corner), strokes.resize((side, side)))
    out = io.BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()


def _place(square: Image.Image, picture: Image.Image, share: float) -> None:
    scale = share * square.width / max(picture.size)
    placed = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    corner = ((square.width - placed.width) // 2, (square.height - placed.height) // 2)
    square.paste(placed, corner, placed)
