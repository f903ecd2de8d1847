"""E-mails as HTML: made of the text, in the programme's colour; what staff write is refused or harmless."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.html import escape

from core import branding
from core.models import Programme
from messaging import delivery, letters, markup, outbox, ownhtml
from messaging.models import Message
from messaging.outbox import Draft
from tests import factories
from tests.portal.test_brand import picture

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
NAME = "<b>O'Neil & 王</b>"


@pytest.fixture
def programme(db: None) -> Programme:
    return factories.programme(theme_colour="#7a1f3d")


def write(**changes: Any) -> Message:
    """A welcome to somebody with a name that is no HTML."""
    values: dict[str, Any] = {"kind": "welcome", "reference": "r:1", "channel": "email", "address": "ada@example.com",
                              "language": "en", "words": {"name": NAME, "number": "8600"}}  # fmt: skip
    outbox.queue([Draft(**values | changes)], at=AT)
    return Message.objects.get()


def sent() -> tuple[str, str]:
    """The text and the HTML of the one mail that left."""
    delivery.send_batch(at=AT)
    (letter,) = mail.outbox
    assert isinstance(letter, mail.EmailMultiAlternatives)
    (html,) = letter.alternatives
    assert (html[1], letter.message().get_content_type()) == ("text/html", "multipart/alternative")
    return str(letter.body), str(html[0])


def test_our_own_notices_are_text_and_html_with_names_escaped(programme: Programme) -> None:
    write()

    text, html = sent()

    assert text.startswith(f"Hello {NAME},\n\nWelcome to Gift Club.")
    assert "<p>Hello &lt;b&gt;O&#x27;Neil &amp; 王&lt;/b&gt;,</p><p>Welcome to Gift Club." in html
    assert NAME not in html
    assert 'lang="en"' in html
    assert "border-top: 6px solid #7a1f3d" in html


def test_a_letter_shows_the_logo_by_its_whole_address_and_the_name_beside_it(
    programme: Programme, settings: Any
) -> None:
    settings.SITE_URL = "https://club.example"
    branding.set_logo(picture(size=(400, 100)))

    html = letters.page(write(), letters.look(Programme.objects.get()))

    assert 'src="https://club.example/brand/logo.png" width="160" height="40" alt="Gift Club"' in html


def test_what_a_message_says_as_html_goes_in_its_place(programme: Programme) -> None:
    write(html="<h1>Sale</h1>")

    _text, html = sent()

    assert "<h1>Sale</h1>" in html
    assert "Your member number" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two<br>lines.</p>"),
        ("Now **50 %** off, 2 ** 3", "<p>Now <b>50 %</b> off, 2 ** 3</p>"),
        ("See https://a.example/x?a=1&b=2.", ('<p>See <a href="https://a.example/x?a=1&amp;b=2">'
                                             "https://a.example/x?a=1&amp;b=2</a>.</p>")),
        ("请看https://a.example/x。谢谢", '<p>请看<a href="https://a.example/x">https://a.example/x</a>。谢谢</p>'),
        ("javascript:alert(1) <img src=x>", "<p>javascript:alert(1) &lt;img src=x&gt;</p>"),
        ("**Hi** https://a.example/?n={name|dear friend} there",
         '<p><b>Hi</b> <a href="https://a.example/?n=">https://a.example/?n=</a>{name|dear friend} there</p>'),
        ("**{name|friend}**", "<p><b>{name|friend}</b></p>"),
        ('https://a.example/"onclick=x', '<p><a href="https://a.example/">https://a.example/</a>&quot;onclick=x</p>'),
    ],
)  # fmt: skip
def test_paragraphs_bold_and_links_are_made_of_a_text(text: str, html: str) -> None:
    assert markup.paragraphs(text) == html


def test_where_there_is_no_bold_the_stars_are_left_out() -> None:
    assert markup.plain("Now **50 %** off, 2 ** 3") == "Now 50 % off, 2 ** 3"


def test_harmless_html_is_written_anew() -> None:
    given = """<table width=100% style="color: #111; padding:4px"><tr><td align='center'>1 &lt; 2 & “{name}”<br/>
<a href="https://a.example/?a=1&b=2">Go</a><img src="https://a.example/i.png" alt="A"></td></tr></table>"""

    assert ownhtml.clean(given) == (
        '<table width="100%" style="color: #111; padding:4px"><tr><td align="center">1 &lt; 2 &amp; “{name}”<br>\n'
        '<a href="https://a.example/?a=1&amp;b=2">Go</a><img src="https://a.example/i.png" alt="A"></td></tr></table>'
    )


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<p onclick=alert(1)>x</p>", 'onclick="alert(1)"'),
        ("<form action=https://evil.example><input name=pin></form>", "<form>"),
        ("<iframe src=https://evil.example></iframe>", "<iframe>"),
        ("<style>p{}</style>", "<style>"),
        ("<link rel=stylesheet href=//e>", "<link>"),
        ("<svg><script>1</script></svg>", "<svg>"),
        ('<a href="javascript:alert(1)">x</a>', 'href="javascript:alert(1)"'),
        ('<a href=" java\tscript:alert(1)">x</a>', 'href=" java\tscript:alert(1)"'),
        ('<a href="&#106;avascript:alert(1)">x</a>', 'href="javascript:alert(1)"'),
        ('<img src="http://a.example/i.png">', 'src="http://a.example/i.png"'),
        ('<img src="data:image/svg+xml,x">', 'src="data:image/svg+xml,x"'),
        ('<p style="background: url(https://a.example)">x</p>', "background: url(https://a.example)"),
        ('<p style="position: fixed">x</p>', "position: fixed"),
        ('<p style="width: expression(alert(1))">x</p>', "width: expression(alert(1))"),
        ('<a href="https://a.example/{number}">x</a>', 'href="https://a.example/{number}"'),
        ("<!-- [if mso]>x<![endif] -->", "<!-- … -->"),
        ("<p>left open", "<p> …"),
        ("<p>{name|<b>x}</b></p>", "{name|"),
        ("<p>x</p><![x]>", "<![ …"),
        ("<b><i>x</b></i>", "</b>"),
        ("</td></table>", "</td>"),
        ("<p>ok</p><?php x ?>", "<?php x ?"),
    ],
)
def test_what_is_not_harmless_is_refused_by_name(html: str, wrong: str) -> None:
    with pytest.raises(ownhtml.RefusedHtml) as refused:
        ownhtml.clean(html)
    assert refused.value.details["wrong"] == wrong


def test_html_that_would_be_cut_off_is_refused() -> None:
    with pytest.raises(ownhtml.HtmlTooLong):
        ownhtml.clean("x" * (ownhtml.MOST + 1))


def test_the_mailbox_shows_the_html_in_a_frame_that_can_do_nothing(programme: Programme, settings: Any) -> None:
    settings.DEBUG = True
    letter = write()
    client = Client()

    opened = client.get(f"/dev/mail/{letter.pk}/")
    framed = client.get(f"/dev/mail/{letter.pk}/html/")

    assert (
        f'<iframe sandbox title="The e-mail on a phone" src="/dev/mail/{letter.pk}/html/">' in opened.content.decode()
    )
    assert escape(f"Hello {NAME}") in framed.content.decode()
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert framed["Content-Security-Policy"].endswith("frame-ancestors 'self'; sandbox")
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    assert f"/dev/mail/{letter.pk}/" in client.get("/dev/mail/").content.decode()
    settings.DEBUG = False
    assert {client.get(f"/dev/mail/{letter.pk}/{page}").status_code for page in ("", "html/")} == {404}
