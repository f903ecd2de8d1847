"""Staff read words, not codes: every deed, event and subject that the product writes down has its words."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.utils import translation

from core import naming

APPS = (
    "access",
    "campaigns",
    "care",
    "core",
    "insights",
    "loyalty_site",
    "members",
    "points",
    "pos",
    "rewards",
    "tiers",
)
TOLD = re.compile(r"""["']((?:[a-z]+)\.(?:[a-z_]+))["']""")


def told() -> set[str]:
    """Every code that stands beside a call which writes one down."""
    found: set[str] = set()
    for path in (path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")):
        text = path.read_text()
        for call in re.finditer(r"(?:record|_?tell|fact|_put)\([^)]*", text):
            found |= {code for code in TOLD.findall(call[0]) if code.split(".")[0] in naming.NOUNS}
    return found


def test_everything_that_is_told_has_words() -> None:
    assert {
        "member.enrolled",
        "purchase.recorded",
        "voucher.issued",
        "terminal.revoked",
        "terminal.key_issued",
    } <= told()
    assert {code for code in told() if naming.deed(code) == code} == set()


def test_every_page_of_the_staff_has_a_noun() -> None:
    models = {str(model._meta.model_name) for model in admin.site._registry}

    assert models - set(naming.NOUNS) == set()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["member: suspended", "reward 2", "till LON-1/T1", "sam", "staff 9", "members' pages"]),
        ("zh-hans", ["会员：暂停", "礼遇 2", "收银机 LON-1/T1", "sam", "员工 9", "会员中心"]),
    ],
)
def test_codes_are_told_in_words(language: str, said: list[str]) -> None:
    people = {"3": "sam"}
    with translation.override(language):
        assert [
            naming.deed("member.suspended"),
            naming.thing("reward:2"),
            naming.source("till:LON-1/T1"),
            naming.source("staff:3", people),
            naming.source("staff:9", people),
            naming.source("portal"),
        ] == said


def test_what_has_no_words_stays_as_it_is() -> None:
    assert (naming.deed("comet.seen"), naming.thing("comet:1"), naming.source("comet")) == (
        "comet.seen", "comet:1", "comet",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "english", "chinese"),
    [
        ("greeting:birthday:lunar:2026", "greeting: birthday of 2026, Chinese calendar", "问候：2026 年农历生日"),
        ("greeting:holiday:qixi:2026", "greeting: Qixi 2026", "问候：2026 年七夕"),
        ("tier_change:7", "tier change 7", "等级变动 7"),
        ("greeting:12", "greeting 12", "问候 12"),
        ("unheard:of", "unheard:of", "unheard:of"),
    ],
)
def test_references_are_told_in_words(reference: str, english: str, chinese: str) -> None:
    said = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said.append(naming.thing(reference))
    assert said == [english, chinese]
