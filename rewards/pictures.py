"""Photographs of rewards: whatever picture staff upload becomes a WebP of ours, so that no file of theirs is served.

They are kept in the database: every web server has them, and a backup is whole without a folder beside it.
"""

import hashlib
import io
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from PIL import Image

from core import images
from core.errors import InvalidInput
from rewards.models import Picture

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
LARGEST = (1200, 900)
QUALITY = 80


class UnusablePicture(InvalidInput):
    """A file that can't be read as a picture, or is too large."""

    code = "unusable_picture"
    sentence = _("This can't be used as a picture. Please choose a PNG, JPEG or WebP of at most 8 MB.")


def keep(data: bytes, *, at: datetime) -> Picture:
    """Keep a photograph, drawn anew without what else its file held; the same one once. Raises UnusablePicture."""
    content, (width, height) = _drawn_anew(data)
    values = {"content": content, "width": width, "height": height, "uploaded_at": at}
    return Picture.objects.get_or_create(digest=hashlib.sha256(content).hexdigest(), defaults=values)[0]


def _drawn_anew(data: bytes) -> tuple[bytes, tuple[int, int]]:
    try:
        drawn = images.drawn_anew(data, most_bytes=MOST_BYTES, most_pixels=MOST_PIXELS, largest=LARGEST)
    except (images.TooLarge, images.Unreadable) as error:
        raise UnusablePicture(pointer="/photograph") from error
    clean = Image.new("RGB", drawn.size, "white")
    clean.paste(drawn, mask=drawn)
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue(), clean.size
