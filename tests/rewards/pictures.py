"""Pictures made on the spot."""

import io

from PIL import Image


def photograph(width: int = 400, height: int = 300, *, kind: str = "JPEG", note: bytes = b"") -> bytes:
    """A photograph of so many pixels, with a NOTE that its maker left in the file."""
    out = io.BytesIO()
    exif = Image.Exif()
    if note:
        exif[0x010E] = note.decode()
    Image.new("RGB", (width, height), (180, 60, 40)).save(out, kind, exif=exif)
    return out.getvalue()
