"""What pages ask about the staff."""

from access.models import User
from core import once


def staff_names() -> dict[str, str]:
    """The names of the staff by their keys, as "staff:3" names them. Asked once a request."""
    return once.read("names of staff", _names)


def _names() -> dict[str, str]:
    return {str(key): name for key, name in User.objects.filter(is_staff=True).values_list("pk", "username")}
