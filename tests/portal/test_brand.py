"""The brand that staff give the members' pages: every colour can be read, every logo is a picture of our own."""

import io
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core import branding
from core.errors import InvalidInput
from core.models import Logo, Programme
from portal import theme
from portal.colours import Colour, contrast
from tests import factories
from tests.portal.people import signed_in

AA = 4.5
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#0b6e4f").save(out, kind, **more)
    return out.getvalue()


@given(COLOURS)
@settings(max_examples=300, deadline=None)
def test_whatever_colour_staff_choose_text_can_be_read(text: str) -> None:
    light, dark = theme.palette(text)

    for tokens, grounds in ((light, theme.LIGHT_GROUNDS), (dark, theme.DARK_GROUNDS)):
        on_button = Colour.of(tokens["on-seal"])
        assert contrast(Colour.of(tokens["seal"]), on_button) >= AA
        assert contrast(Colour.of(tokens["seal-strong"]), on_button) >= AA
        washes = [Colour.of(tokens["seal-wash"]), Colour.of(tokens["tea-wash"])]
        for ink in ("seal-ink", "tea-ink"):
            assert min(contrast(Colour.of(tokens[ink]), ground) for ground in [*grounds, *washes]) >= AA
        for card in ("card", "card-deep"):
            assert contrast(Colour.of(tokens[card]), Colour(0.86, 0.026, 130)) >= AA


@pytest.mark.parametrize("text", ["#000000", "#ffffff", "#ffe000", "#808080", "#1a56db"])
def test_a_colour_is_read_and_written_without_loss(text: str) -> None:
    assert Colour.of(text).text == text


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert round(contrast(Colour.of("#000000"), Colour.of("#ffffff")), 2) == 21


@pytest.mark.django_db
def test_a_theme_colour_changes_the_portal_at_once() -> None:
    shop = factories.shop()
    client = Client()
    before = client.get("/theme.css").content.decode()

    Programme.objects.update(theme_colour="#1a56db")

    light, dark = theme.palette("#1a56db")
    after = client.get("/theme.css").content.decode()
    assert ":root" not in before
    assert f"--seal:{light['seal']};" in after
    assert f"@media (prefers-color-scheme:dark){{:root:not([data-look=light]){{--seal:{dark['seal']};" in after
    assert f":root[data-look=dark]{{--seal:{dark['seal']};" in after
    assert f"theme.css?v={Programme.objects.get().revision}" in client.get("/").content.decode()
    assert Programme.objects.get().revision > shop.programme.revision


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_shown_at_once(kind: str, client: Client) -> None:
    factories.shop()
    assert client.get("/brand/logo.png").status_code == HTTPStatus.NOT_FOUND

    branding.set_logo(picture(kind, size=(2000, 1000), exif=b"Exif\x00\x00secret" if kind == "JPEG" else b""))

    shown = client.get("/brand/logo.png")
    with Image.open(io.BytesIO(shown.content)) as drawn:
        assert (shown["Content-Type"], drawn.format, drawn.size) == ("image/png", "PNG", (512, 256))
        assert drawn.info == {}
    assert 'class="brand__logo"' in client.get("/").content.decode()

    branding.remove_logo()
    assert 'class="brand__seal"' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
        (b"", "not_a_picture"),
        (b"GIF89a" + b"\x00" * 50, "not_a_picture"),
        (picture()[:60], "not_a_picture"),
        (b"\x00" * (branding.MOST_BYTES + 1), "picture_too_large"),
        (picture(size=(6000, 5000)), "picture_too_large"),
    ],
)
def test_what_is_no_picture_becomes_no_logo(data: bytes, code: str) -> None:
    factories.shop()

    with pytest.raises(InvalidInput) as refusal:
        branding.set_logo(data)

    assert refusal.value.code == code
    assert Logo.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("has_logo", [False, True])
@pytest.mark.parametrize("colour", ["", "#ffe000"])
def test_the_icon_on_a_phone_is_square_and_in_our_colour(client: Client, has_logo: bool, colour: str) -> None:
    factories.shop(theme_colour=colour)
    if has_logo:
        branding.set_logo(picture())

    for size in (180, 192, 512):
        answer = client.get(f"/brand/icon-{size}-maskable.png")
        with Image.open(io.BytesIO(answer.content)) as icon:
            assert icon.size == (size, size)
            corner = f"#{icon.convert('RGB').tobytes()[:3].hex()}"
        assert corner == ("#ffffff" if has_logo else theme.button(colour)[0] if colour else "#b93a22")
        assert "immutable" in answer["Cache-Control"]
    assert client.get("/brand/icon-77-any.png").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.django_db
def test_the_manifest_speaks_the_readers_language(client: Client) -> None:
    factories.shop(name="Gift Club", name_zh_hans="礼品会")
    client.cookies["django_language"] = "zh-hans"

    told = client.get("/manifest.webmanifest").json()

    assert (told["name"], told["lang"], told["display"], told["start_url"]) == ("礼品会", "zh-hans", "standalone", "/")
    assert [(icon["sizes"], icon["purpose"]) for icon in told["icons"]] == [
        ("192x192", "any"), ("192x192", "maskable"), ("512x512", "any"), ("512x512", "maskable"),
    ]  # fmt: skip
    for icon in told["icons"]:
        assert client.get(icon["src"]).status_code == HTTPStatus.OK
    assert [shortcut["url"] for shortcut in told["shortcuts"]] == ["/card/", "/rewards/", "/vouchers/"]


@pytest.mark.django_db
def test_the_worker_knows_its_pages_by_their_names(client: Client) -> None:
    factories.shop()

    told = client.get("/worker.js").content.decode().replace(r"\u002D", "-")

    assert f'const CARD_PAGE = "{reverse("card")}";' in told
    assert f'const OFFLINE_PAGE = "{reverse("offline")}";' in told
    assert f'const LEAVING = ["{reverse("account_logout")}", "{reverse("close")}"];' in told
    assert f'const OTHERS = ["{reverse("admin:index")}", "{reverse("staff_home")}", "{reverse("till:start")}"];' in told
    assert f'data-card="{reverse("card")}"' in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_worker_changes_with_the_programme_and_is_always_asked_for(client: Client) -> None:
    factories.shop()
    before = client.get("/worker.js")

    Programme.objects.update(theme_colour="#1a56db")

    after = client.get("/worker.js")
    assert after["Content-Type"].startswith("text/javascript")
    assert "no-store" in after["Cache-Control"]
    assert before.content != after.content


@pytest.mark.django_db
def test_names_of_points_are_those_that_staff_gave_them() -> None:
    shop = factories.shop()
    shop.point_type.name_plural_en, shop.point_type.name_plural_zh_hans = "stars", "星星"  # type: ignore[attr-defined]
    shop.point_type.save()
    client = signed_in(factories.member())

    assert ">stars<" in client.get("/").content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert ">星星<" in client.get("/").content.decode()
