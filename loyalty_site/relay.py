"""The mail service that the settings name, checked before anything starts: half a configuration would lose mail."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

# What each service needs to take our mail.
NEEDED = {
    "brevo": ("BREVO_API_KEY",),
    "mailgun": ("MAILGUN_API_KEY", "MAILGUN_SENDER_DOMAIN"),
    "mailjet": ("MAILJET_API_KEY", "MAILJET_SECRET_KEY"),
    "postmark": ("POSTMARK_SERVER_TOKEN",),
    "sparkpost": ("SPARKPOST_API_KEY",),
}


def backend(service: str, given: Mapping[str, str], *, is_smtp_too: bool) -> str:
    """The mail backend of a service. Raises ImproperlyConfigured with what is wrong, in one sentence."""
    if service not in NEEDED:
        raise ImproperlyConfigured(f"EMAIL_SERVICE is none of {', '.join(NEEDED)}.")
    if is_smtp_too:
        raise ImproperlyConfigured("Set either EMAIL_SERVICE or EMAIL_URL, not both.")
    if missing := [name for name in NEEDED[service] if not given.get(name)]:
        raise ImproperlyConfigured(f"EMAIL_SERVICE={service} needs {' and '.join(missing)}.")
    if ":" not in given.get("WEBHOOK_SECRET", ""):
        raise ImproperlyConfigured("EMAIL_SERVICE needs EMAIL_REPORTS_SECRET, of the form name:password.")
    return f"anymail.backends.{service}.EmailBackend"
