"""Settings of the floor, with the address of its redemption."""

from settings import *  # noqa: F403  the floor's own

ROOT_URLCONF = "redeem_urls"
