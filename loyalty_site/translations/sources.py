"""Finds the messages of the source: ours, and those of libraries whose pages we show and which have no Chinese.

Python is read by its syntax tree, templates as Django itself prepares them for xgettext.
"""

import ast
import gettext
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import django
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
# Which arguments each function takes: c for context, t for text, p for plural.
FUNCTIONS = {
    "_": "t",
    "gettext": "t",
    "gettext_lazy": "t",
    "gettext_noop": "t",
    "pgettext": "ct",
    "pgettext_lazy": "ct",
    "ngettext": "tp",
    "ngettext_lazy": "tp",
    "npgettext": "ctp",
    "npgettext_lazy": "ctp",
}
TEMPLATES = {".html", ".txt", ".svg"}
# These speak to developers only; migrations keep what the models said then.
SILENT = {"tests", "bench", "migrations", "locale", "launch", "translations"}
# Libraries whose texts our pages show, each without the parts that we do not use.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "django.contrib.admin": (),
    "django.contrib.auth": (),
    "django.contrib.humanize": (),
    "django.contrib.postgres": (),
    "django.core": (),
    "django.db.models": (),
    "django.forms": (),
    "django.utils": (),
    "django.views": (),
    "unfold": (
        "contrib/constance",
        "contrib/crispy_forms",
        "contrib/guardian",
        "contrib/import_export",
        "contrib/location_field",
        "contrib/simple_history",
        "templates/unfold_crispy",
    ),
    "allauth.account": (),
    "allauth.mfa": (),
    "rest_framework": ("authtoken",),
    "drf_spectacular": (),
    "modeltranslation": (),
    "phonenumber_field": (),
}
# What libraries say in Chinese, and we say otherwise: by our glossary, or without spaces around names.
REWORDED = {
    "This field is required.",
    # allauth, where members and staff sign in
    "Authenticator code",
    "Backup key",
    "Be patient, you are sending too many requests.",
    (
        "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
        "requirements such as biometrics or PIN protection."
    ),
    "Incorrect code.",
    "Incorrect password.",
    "Invalid login.",
    "Key nr. {number}",
    "Master key",
    "Passwordless",
    "This account is currently inactive.",
    "Too many failed login attempts. Try again later.",
    "Use authenticator app or code",
    # Django's admin
    "%(app)s administration",
    "Add",
    "Add %(name)s",
    "Add %s",
    "Add another %(verbose_name)s",
    "Authentication and Authorization",
    (
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the following related items '
        "will be deleted:"
    ),
    "Change %s",
    "Change history: %s",
    "Change password: %s",
    "Date/time",
    "Delete selected %(verbose_name_plural)s",
    "Email",
    "Filter",
    "Filters",
    "Log out",
    "Password change",
    "Save and add another",
    "Select %s",
    "Select %s to change",
    "Select %s to view",
    "The %(name)s “%(obj)s” was deleted successfully.",
    "The two password fields didn’t match.",
    "The {name} “{obj}” was added successfully.",
    "The {name} “{obj}” was added successfully. You may add another {name} below.",
    "The {name} “{obj}” was changed successfully.",
    "The {name} “{obj}” was changed successfully. You may add another {name} below.",
    "The {name} “{obj}” was changed successfully. You may edit it again below.",
    "View %s",
    "You don’t have permission to view or edit anything.",
    "date joined",
    "email address",
    "first name",
    "group",
    "groups",
    "last name",
    "parallelism",
    "superuser status",
    "variety",
}

_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_SPEAKING = re.compile(r"gettext|\{%-?\s*(?:block)?trans|\b_\(")
_CALL = re.compile(rf"\b(n?p?gettext|_)\(((?:\s*{_LITERAL}\s*,?)+)", re.DOTALL)


class Message(NamedTuple):
    """What is to be translated: an English text, and a context where the same words mean several things."""

    text: str
    context: str = ""


class Use(NamedTuple):
    """How the source says a message: with which plural, in which files."""

    plural: str
    files: tuple[str, ...]


class Unreadable(Exception):
    """A translating function is called, but the text is not written out there."""


def in_python(source: str, *, name: str = "", strict: bool = True) -> Iterator[tuple[Message, str]]:
    """Messages of Python code with their plurals. Raises Unreadable where `strict` and a text is no literal."""
    tree = ast.parse(source)
    functions = FUNCTIONS | {
        each.asname: FUNCTIONS[each.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for each in node.names
        if each.asname and each.name in FUNCTIONS
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in functions]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        shape = functions[called(call)]
        given = [text.value for text in call.args[: len(shape)] if isinstance(text, ast.Constant)]
        texts = [text for text in given if isinstance(text, str)]
        if len(texts) == len(shape):
            yield _message(shape, texts)
        elif strict:
            raise Unreadable(f"{name}:{call.lineno}: {ast.unparse(call)} has no literal text that could be collected.")


def in_template(source: str, *, name: str = "") -> Iterator[tuple[Message, str]]:
    """Messages of a Django template with their plurals."""
    for call in _CALL.finditer(templatize(source, origin=name)):
        yield _message(FUNCTIONS[call[1]], [ast.literal_eval(text) for text in re.findall(_LITERAL, call[2])])


def messages() -> dict[Message, Use]:
    """All that the catalogue has to hold: ours first, then what libraries say."""
    found = in_project()
    for message, use in in_libraries().items():
        known = found.get(message, Use("", ()))
        found[message] = Use(known.plural or use.plural, known.files + use.files)
    return found


def in_project() -> dict[Message, Use]:
    """Our own messages, in the order of the files that say them."""
    return _gathered(files(), above=settings.BASE_DIR)


def in_libraries() -> dict[Message, Use]:
    """What our pages show of libraries, as far as nobody has it in Chinese, or we want other words."""
    found: dict[Message, Use] = {}
    for library, unused in LIBRARIES.items():
        root = _folder(library)
        used = (path for path in _speaking(root) if not path.relative_to(root).as_posix().startswith(unused or ("//",)))
        found = _gathered(used, above=root.parents[library.count(".")], strict=False) | found
    chinese = _chinese_of_libraries()
    return {
        message: use for message, use in found.items() if message.text in REWORDED or not _is_spoken(message, chinese)
    }


def files() -> list[Path]:
    """Our own Python files and templates, as far as they speak to members or staff."""
    packages = [path.parent for path in settings.BASE_DIR.glob("*/__init__.py") if path.parent.name not in SILENT]
    return [path for root in sorted(packages) for path in _speaking(root)] + _speaking(settings.BASE_DIR / "templates")


def called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _message(shape: str, texts: list[str]) -> tuple[Message, str]:
    given = dict(zip(shape, texts, strict=False))
    return Message(given["t"], given.get("c", "")), given.get("p", "")


def _speaking(root: Path) -> list[Path]:
    def speaks(path: Path) -> bool:
        inside = (root.name, *path.relative_to(root).parts)
        return not SILENT & set(inside) and (
            path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in inside)
        )

    return sorted(path for path in root.rglob("*") if path.is_file() and speaks(path))


def _gathered(paths: Iterable[Path], *, above: Path, strict: bool = True) -> dict[Message, Use]:
    found: dict[Message, Use] = {}
    for path in paths:
        name, source = path.relative_to(above).as_posix(), path.read_text(encoding="utf-8")
        if not _SPEAKING.search(source):
            continue
        said = in_python(source, name=name, strict=strict) if path.suffix == ".py" else in_template(source, name=name)
        for message, plural in said:
            known = found.get(message, Use("", ()))
            files_so_far = known.files if name in known.files else (*known.files, name)
            found[message] = Use(known.plural or plural, files_so_far)
    return found


def _folder(package: str) -> Path:
    return Path(str(import_module(package).__file__)).parent


def _chinese_of_libraries() -> list[gettext.NullTranslations]:
    # Our own apps keep no catalogues: ours is in LOCALE_PATHS, which is not asked here.
    folders = [Path(django.__file__).parent / "conf", *(Path(app.path) for app in apps.get_app_configs())]
    return [gettext.translation("django", folder / "locale", [LOCALE], fallback=True) for folder in folders]


def _is_spoken(message: Message, catalogues: list[gettext.NullTranslations]) -> bool:
    def translated(catalogue: gettext.NullTranslations) -> str:
        if message.context:
            return catalogue.pgettext(message.context, message.text)
        return catalogue.gettext(message.text)

    return any(translated(catalogue) != message.text for catalogue in catalogues)
