"""Both languages are complete: the catalogue against the source, and the checks against what they must find."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, override, pgettext
from django.utils.translation.template import templatize

from loyalty_site.translations import catalogue, literals, sources
from loyalty_site.translations.sources import Message, Unreadable, Use

OUR_APPS = {
    "core",
    "access",
    "members",
    "sales",
    "messaging",
    "points",
    "tiers",
    "rewards",
    "pos",
    "care",
    "loyalty_site",
}
SHAPES = {"t": "", "ct": ":1c,2", "tp": ":1,2", "ctp": ":1c,2,3"}


@pytest.fixture(scope="module")
def messages() -> dict[Message, Use]:
    return sources.messages()


def test_the_catalogue_is_complete_and_current_and_well_written(messages: dict[Message, Use]) -> None:
    assert list(catalogue.problems(settings.LOCALE_PATHS[0], messages)) == []


def test_nothing_is_said_in_one_language_only() -> None:
    assert list(literals.problems()) == []


def test_the_collection_finds_what_xgettext_finds(tmp_path: Path) -> None:
    program = shutil.which("xgettext")
    if program is None:
        reason = "No xgettext found. Get it by `apt install gettext`."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    readable = []
    for number, path in enumerate(sources.files()):
        source = path.read_text(encoding="utf-8")
        (tmp_path / f"{number}.py").write_text(source if path.suffix == ".py" else templatize(source), encoding="utf-8")
        readable.append(f"{number}.py")
    keywords = [f"--keyword={name}{SHAPES[shape]}" for name, shape in sources.FUNCTIONS.items()]

    subprocess.run(
        [program, "--language=Python", "--from-code=UTF-8", "--output=found.po", "--no-wrap", *keywords, *readable],
        cwd=tmp_path,
        check=True,
    )

    found = {Message(entry.msgid, entry.msgctxt or "") for entry in polib.pofile(str(tmp_path / "found.po"))}
    assert found == set(sources.in_project())


def test_pages_speak_the_chinese_of_the_catalogue_also_where_libraries_have_none() -> None:
    with override("zh-hans"):
        assert gettext("Become a member") == "加入会员"
        assert gettext("Type to search") == "输入以搜索"
        assert pgettext("recipient", "to") == "收件人"
        assert gettext("to") == "到"
        assert ngettext("%(count)d minute", "%(count)d minutes", 3) % {"count": 3} == "3 分钟"


def test_python_is_read_by_its_meaning() -> None:
    source = """
from django.utils.translation import pgettext_lazy as _p, gettext_lazy as _
said = _("One sentence "
         "in two lines.")
told = _p("till", "Code")
"""

    assert list(sources.in_python(source)) == [
        (Message("One sentence in two lines."), ""),
        (Message("Code", "till"), ""),
    ]


@pytest.mark.parametrize("call", ["_(sentence)", '_(f"So {many}")', 'ngettext("one", many, 2)'])
def test_a_text_that_is_not_written_out_is_refused(call: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        list(sources.in_python(call, name="points/admin.py"))

    assert str(refusal.value).startswith("points/admin.py:1: ")


def test_templates_are_read_with_plurals_contexts_and_trimmed_lines() -> None:
    source = (
        '{% translate "to" context "recipient" %}{{ name|default:_("nobody") }}'
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} point\n{% plural %}\n  {{ n }} points\n"
        "{% endblocktranslate %}"
    )

    assert list(sources.in_template(source)) == [
        (Message("to", "recipient"), ""),
        (Message("nobody"), ""),
        (Message("%(n)s point"), "%(n)s points"),
    ]


@pytest.mark.parametrize(
    ("english", "chinese", "problem"),
    [
        ("Save", "", "not translated."),
        ("%(n)s left", "还剩 %(m)s", "other placeholders in '还剩 %(m)s'."),
        ("%s left", "还剩", "other placeholders in '还剩'."),
        ("{n} left", "还剩", "other placeholders in '还剩'."),
        ("<b>Now</b>", "<b>现在", "other placeholders in '<b>现在'."),
        ("\nNow\n", "现在", "begins or ends with a line break in one language only."),
        ("Yes, please", "好的,请", "a half-width mark beside Chinese in '好的,请'."),
        ("Yes, please", "好的， 请", "a space beside a Chinese mark in '好的， 请'."),
        ("Yes, please", "好的 请", "a space between Chinese characters in '好的 请'."),
        ("So", '称为"好"', "straight quotation marks in '称为\"好\"'."),
    ],
)
def test_a_translation_is_found_wanting(english: str, chinese: str, problem: str) -> None:
    entry = polib.POEntry(msgid=english, msgstr=chinese)

    assert list(catalogue.wrong_with(entry)) == [problem]


def test_a_good_translation_is_not() -> None:
    told = polib.POEntry(msgid="%(n)s point", msgid_plural="%(n)s points of %(n)s", msgstr_plural={0: "%(n)s 积分"})

    assert list(catalogue.wrong_with(told)) == []


def test_a_fuzzy_translation_is_found_wanting() -> None:
    entry = polib.POEntry(msgid="Save", msgstr="保存", flags=["fuzzy"])

    assert list(catalogue.wrong_with(entry)) == ["marked as fuzzy."]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A catalogue of one message, complete."""
    kept = catalogue.renewed(polib.POFile(), {Message("Save"): Use("", ("a.html",))})
    kept[0].msgstr = "保存"
    catalogue.write(kept, tmp_path)
    return tmp_path


def test_new_changed_and_forgotten_messages_are_found(small: Path) -> None:
    said = {Message("Send"): Use("", ("b.html",)), Message("Save"): Use("Saves", ("a.html",))}

    assert list(catalogue.problems(small, said)) == [
        "b.html: 'Send' is not in the catalogue.",
        "a.html: 'Save' has another plural in the catalogue.",
    ]
    assert list(catalogue.problems(small, {})) == ["'Save' is in the catalogue, but nobody says it any more."]


def test_a_stale_compilation_is_found(small: Path) -> None:
    path = catalogue.folder(small) / "django.po"
    path.write_text(path.read_text().replace("保存", "存盘"))

    found = list(catalogue.problems(small, {Message("Save"): Use("", ("a.html",))}))

    assert found == ["django.mo was not compiled from django.po as it is."]


def test_collecting_again_keeps_translations_and_bytes(small: Path) -> None:
    files = [catalogue.folder(small) / name for name in ("django.po", "django.mo")]
    before = [path.read_bytes() for path in files]

    catalogue.write(catalogue.renewed(catalogue.read(small), {Message("Save"): Use("", ("a.html",))}), small)

    assert [path.read_bytes() for path in files] == before


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>\n  Your points\n</p>", [(1, "Your points")]),
        ("<p>您的积分</p>", [(1, "您的积分")]),
        ('<img alt="A cup"><input placeholder="Name">', [(1, "alt=A cup"), (1, "placeholder=Name")]),
        ('<a aria-label="{% if x %}Close{% endif %}"></a>', [(1, "aria-label=Close")]),
        ('{% include "a.html" with title="No points" %}', [(1, "No points")]),
        ('{{ name|default:"Nobody" }}', [(1, "Nobody")]),
        ("{% block title %}Home{% endblock %}", [(1, "Home")]),
    ],
)
def test_a_text_outside_of_the_tags_is_found(template: str, found: list[tuple[int, str]]) -> None:
    assert list(literals.in_template(template)) == found


@pytest.mark.parametrize(
    "template",
    [
        "<p>{% blocktranslate %}Your points{% endblocktranslate %}</p>",
        '<p class="soft">{% translate "Your points" %}: {{ points }} &middot; 5 %</p>',
        "{% comment %}Not shown{% endcomment %}{# nor this #}<!-- nor this -->",
        "<script>const word = 'Not read';</script><style>p { color: red }</style><code>curl</code>",
        "{% block page_class %}page--narrow{% endblock %}",
        '{% include "portal/_badge.html" with tier=tier kind="small" %}{{ day|date:"DATE_FORMAT" }}',
        '{{ name|default:_("Nobody") }}',
        "Changke 常客",
    ],
)
def test_a_text_inside_of_the_tags_is_not(template: str) -> None:
    assert list(literals.in_template(template)) == []


def test_texts_of_mails_are_read_too() -> None:
    source = "{% load i18n %}\n{% translate 'Hello' %}\nDear member\n"

    assert list(literals.in_template(source, is_markup=False)) == [(3, "Dear member")]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('messages.success(request, "Saved.")', "Saved."),
        ('messages.error(request, f"No {thing} here")', "No  here"),
        ('self.message_user(request, "Done")', "Done"),
        ('raise ValidationError("Too long")', "Too long"),
        ('CharField(verbose_name="name")', "name"),
        ('CharField(label="Name")', "Name"),
        ('CharField(help_text="As printed.")', "As printed."),
        ('class Meta:\n    verbose_name = "card"', "card"),
        ('class State(models.TextChoices):\n    OPEN = "open", "Open"', "Open"),
    ],
)
def test_a_bare_text_in_python_is_found(source: str, text: str) -> None:
    assert [found for _line, found in literals.in_python(source)] == [text]


@pytest.mark.parametrize(
    "source",
    [
        'messages.success(request, _("Saved."))',
        'logger.error("Not shown to people")',
        'CharField(_("name"), help_text=_("As printed."))',
        'class State(models.TextChoices):\n    OPEN = "open", _("open")',
        'Link(title="QR")',
    ],
)
def test_a_marked_text_in_python_is_not(source: str) -> None:
    assert list(literals.in_python(source)) == []


def test_every_field_on_a_staff_page_has_a_name_in_both_languages() -> None:
    bare = {
        f"{type(page).__name__}: {name}"
        for page in _staff_pages()
        for name in _shown(page)
        if not isinstance(_title(page, name), Promise)
    }

    assert bare == set()


def test_what_we_say_in_other_words_than_libraries_is_still_said_by_them(messages: dict[Message, Use]) -> None:
    assert sources.REWORDED - {message.text for message in messages} == set()


def _staff_pages() -> list[Any]:
    """Our staff pages, and the tables on them."""
    ours = [page for page in admin.site._registry.values() if type(page).__module__.split(".")[0] in OUR_APPS]
    return [*ours, *(inline(page.model, admin.site) for page in ours for inline in page.inlines)]


def _shown(page: Any) -> set[str]:
    """The names of the columns and fields of a staff page."""
    sections = page.fieldsets or ((None, {"fields": page.fields or ()}),)
    columns = [
        *getattr(page, "list_display", ()),
        *(name for _title, section in sections for name in section["fields"]),
    ]
    return {name for entry in columns for name in ([entry] if isinstance(entry, str) else entry)} - {"__str__"}


def _title(page: Any, name: str) -> object:
    computed = getattr(getattr(page, name, None), "short_description", None)
    return computed or page.model._meta.get_field(name).verbose_name
