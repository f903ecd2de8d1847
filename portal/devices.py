"""Pure: what a browser says of itself, in words that people know their devices by."""

from django.utils.translation import gettext as _

# The first that is found counts: browsers claim to be others as well.
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"), ("Firefox", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def named(user_agent: str) -> str:
    """Chrome on Android. What can't be told is "A browser"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser")


def is_hand_held(user_agent: str) -> bool:
    """Whether it is a phone or a tablet."""
    return any(mark in user_agent for mark in ("iPhone", "iPad", "Android", "Mobile", "HarmonyOS"))
