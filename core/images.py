"""Pictures that people upload, drawn anew: what comes out is ours, and holds nothing else of their file. Pure."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP")


class Unreadable(Exception):
    """It can't be read as a PNG, JPEG or WebP."""


class TooLarge(Exception):
    """It has more bytes, or unpacks to more pixels, than its kind of picture needs."""


def drawn_anew(data: bytes, *, most_bytes: int, most_pixels: int, largest: tuple[int, int]) -> Image.Image:
    """The picture in a file, the right way up, in RGBA, no larger than LARGEST. Raises Unreadable, TooLarge.

    One that unpacks to more than MOST_PIXELS is a mistake, or meant to fill the memory.
    """
    if len(data) > most_bytes:
        raise TooLarge
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as found:
            if found.width * found.height > most_pixels:
                raise TooLarge
            drawn = ImageOps.exif_transpose(found).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable from error
    drawn.thumbnail(largest)
    clean = Image.new("RGBA", drawn.size)
    clean.paste(drawn)
    return clean
