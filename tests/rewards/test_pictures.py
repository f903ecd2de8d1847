"""Photographs of rewards: drawn anew, served for ever, and nothing of what was uploaded but what is seen."""

import io

import pytest
from django.test import Client
from PIL import Image

from rewards import pictures
from rewards.models import Picture
from rewards.pictures import UnusablePicture
from tests.factories import Shop
from tests.rewards.claims import NOON
from tests.rewards.pictures import photograph


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_is_drawn_anew(shop: Shop, kind: str) -> None:
    found = pictures.keep(photograph(3000, 1500, kind=kind, note=b"taken at home"), at=NOON)

    assert (found.width, found.height) == (1200, 600)
    with Image.open(io.BytesIO(bytes(found.content))) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (1200, 600))
    assert b"taken at home" not in bytes(found.content)


def test_the_same_photograph_is_kept_once(shop: Shop) -> None:
    assert pictures.keep(photograph(), at=NOON) == pictures.keep(photograph(), at=NOON)
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 100,
        photograph()[:200],
        b"\0" * (8 * 1024 * 1024 + 1),
    ],
    ids=["nothing", "a drawing with a script", "another kind", "cut off", "too large"],
)
def test_what_is_no_photograph_is_refused(shop: Shop, data: bytes) -> None:
    with pytest.raises(UnusablePicture):
        pictures.keep(data, at=NOON)

    assert Picture.objects.count() == 0


def test_a_file_that_unpacks_to_too_much_is_refused(shop: Shop) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    with pytest.raises(UnusablePicture):
        pictures.keep(out.getvalue(), at=NOON)


def test_a_picture_is_served_to_everybody_and_kept_by_browsers(shop: Shop) -> None:
    kept = pictures.keep(photograph(), at=NOON)

    found = Client().get(f"/pictures/{kept.digest}.webp")

    assert (found.status_code, found["Content-Type"]) == (200, "image/webp")
    assert found["Cache-Control"] == "public, max-age=31536000, immutable"
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found.content == bytes(kept.content)
    assert Client().get("/pictures/unknown.webp").status_code == 404
    assert Client().post(f"/pictures/{kept.digest}.webp").status_code == 405
