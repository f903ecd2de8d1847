"""What the person reads when everything answers."""

from loyalty_site.launch.layout import Layout
from loyalty_site.launch.ports import Address, network_addresses
from loyalty_site.launch.progress import say, total_seconds

PAGES = [
    ("Member portal 会员中心", "/"),
    ("Staff admin 后台管理", "/admin/"),
    ("Till page 收银台", "/till/"),
    ("Till API docs 收银接口", "/api/docs/"),
    ("Sent mail, SMS 已发消息", "/dev/mail/"),
]
LABEL_COLUMNS = 26


def show(here: Layout, address: Address, logins: str, setup_token: str) -> None:
    """Print the addresses, the demo logins, and how to stop."""
    say(f"\n  Changke 常客 is running, {total_seconds():.1f} s after the command.\n")
    if setup_token:
        say(line("Set up 初始设置", f"{address.url}/setup/?token={setup_token}"))
    for label, path in PAGES:
        say(line(label, f"{address.url}{path}"))
    if address.host not in {"127.0.0.1", "localhost"}:
        for ip in network_addresses(address.host):
            say(line("From a phone 手机访问", f"http://{ip}:{address.port}/"))
    if address.moved_from:
        say(f"\n  Port {address.moved_from} is in use by another program, so this is port {address.port}.")
    if logins.strip():
        say()
        for text in logins.strip("\n").splitlines():
            say(f"  {text}".rstrip())
    say(
        f"\n  Stop with Ctrl-C. The data stays in {here.shown(here.data)}, logs are in {here.shown(here.logs)}; "
        "start afresh: make reset"
    )
    say("  按 Ctrl-C 停止。数据会保留；重新开始请用 make reset。\n")


def line(label: str, value: str) -> str:
    """A label and its value, with the values under each other although Chinese characters are two columns wide."""
    columns = sum(2 if ord(character) > 0x2E7F else 1 for character in label)
    return f"  {label}{' ' * (LABEL_COLUMNS - columns)}{value}"
