"""W7: the portal's home page for a signed-in member, against a view that makes one SQL call."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from access.models import User
from bench import databases, purchase, web
from bench.figures import Comparison
from members.models import Member

HERE = Path(__file__).parent
SIGNED_IN = 200


def measure(*, members: int = 20_000, rounds: int = 3, seconds: int = 10) -> list[Comparison]:
    """Both under wrk in turn; ours is asked by members who are signed in, each with about 50 purchases."""
    sizes = {"members": members, "lots": members * 50, "purchases": members * 50}
    databases.floor("bench_floor", members=members, purchases=members * 50, lots=members * 50)
    databases.ours("bench_ours", "programme", "lots", "till", "days", **sizes)
    purchase.make_ready("bench_ours")
    sessions = _sign_in("bench_ours")
    result = Comparison("W7 portal home", "requests/s", 0.35, higher_is_better=True)
    result.settings = web.settings(members)
    with TemporaryDirectory() as folder:
        # Production serves files by the names that collecting gives them.
        static = {"STATIC_ROOT": f"{folder}/static"}
        environment = {**os.environ, **purchase.our_environment(), **static}
        manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
        subprocess.run(manage, cwd=HERE.parent, env=environment, check=True)
        cookies = Path(folder) / "sessions"
        cookies.write_text("\n".join(sessions))
        floor_needs = {"WMEMBERS": str(members), "WGET": "1"}
        with (
            web.serving(
                "wsgi:application", folder=HERE / "floors/floor", environment=purchase.floor_environment()
            ) as floor,
            web.serving(
                "loyalty_site.wsgi:application",
                folder=HERE.parent,
                environment={**purchase.our_environment(), **static},
            ) as ours,
        ):
            script, our_needs = HERE / "floors/wrk.lua", {"WSESSIONS": str(cookies)}
            web.in_turn(
                result,
                rounds,
                floor=lambda: web.wrk(f"{floor}/home/", script, seconds=seconds, environment=floor_needs),
                ours=lambda _round: web.wrk(f"{ours}/", HERE / "home.lua", seconds=seconds, environment=our_needs),
            )
    for name in ("bench_floor", "bench_ours"):
        databases.drop(name)
    return [result]


def _sign_in(name: str) -> list[str]:
    """Session keys of so many members, as if each had signed in by a code."""
    databases.use(name)
    keys = []
    for member in Member.objects.order_by("pk")[:SIGNED_IN]:
        member.user = User.objects.create(username=f"member:{member.pk}")
        member.user.set_unusable_password()
        member.user.save()
        member.save(update_fields=["user"])
        session = SessionStore()
        session[SESSION_KEY] = str(member.user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
        session.save()
        keys.append(str(session.session_key))
    databases.use("postgres")
    return keys
