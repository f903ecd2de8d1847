"""The programme's logo: what staff upload becomes a small PNG of ours, so that no file of theirs is ever served."""

import io
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InvalidInput
from core.models import Logo, Programme
from core.revisions import PerRevision

MOST_BYTES = 2 * 1024 * 1024
# A picture that unpacks to more than this is a mistake, or meant to fill the memory.
MOST_PIXELS = 24_000_000
LONGEST_SIDE = 512
FORMATS = ("PNG", "JPEG", "WEBP")


class NotAPicture(InvalidInput):
    """A file that can't be read as one of the pictures that we take."""

    code = "not_a_picture"
    sentence = _("This file can't be read as a picture. Please choose a PNG, JPEG or WebP.")


class PictureTooLarge(InvalidInput):
    """The file is larger than a logo needs to be."""

    code = "picture_too_large"
    sentence = _("This picture is too large. Please choose one of at most 2 MB.")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of ours: a PNG that holds nothing else."""

    png: bytes
    width: int
    height: int


def set_logo(data: bytes) -> Logo:
    """Take a PNG, JPEG or WebP as the programme's logo, in the place of the one there was.

    Raises NotAPicture, PictureTooLarge.
    """
    drawn = picture(data)
    values = {"image": drawn.png, "width": drawn.width, "height": drawn.height}
    return Logo.objects.update_or_create(id=1, defaults=values)[0]


def remove_logo() -> None:
    """Go back to the house's own seal. A repeat changes nothing."""
    Logo.objects.all().delete()


def _logo(_programme: Programme) -> Logo | None:
    return Logo.objects.first()


# The logo, kept by each process until the programme changes; None where there is none.
logo = PerRevision(_logo)


def picture(data: bytes) -> Picture:
    """A file drawn anew, small, without what else it held. Raises NotAPicture, PictureTooLarge."""
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(pointer="/logo")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise PictureTooLarge(pointer="/logo")
            drawn = ImageOps.exif_transpose(found).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture(pointer="/logo") from error
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGBA", drawn.size)
    clean.paste(drawn)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), *clean.size)
