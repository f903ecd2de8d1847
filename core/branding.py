"""The programme's logo: what staff upload becomes a small PNG of ours, so that no file of theirs is ever served."""

import io
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core import images
from core.errors import InvalidInput
from core.models import Logo, Programme
from core.revisions import PerRevision

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 24_000_000
LONGEST_SIDE = 512


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
    try:
        drawn = images.drawn_anew(
            data, most_bytes=MOST_BYTES, most_pixels=MOST_PIXELS, largest=(LONGEST_SIDE, LONGEST_SIDE)
        )
    except images.TooLarge as error:
        raise PictureTooLarge(pointer="/logo") from error
    except images.Unreadable as error:
        raise NotAPicture(pointer="/logo") from error
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), *drawn.size)
