"""`make bench`: every measurement, or those named. `--members 20000 --lots 200000` makes it a quick look."""

import argparse
import inspect
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
django.setup()

from bench import (  # noqa: E402
    broadcasts,
    expiry,
    figures,
    greetings,
    home,
    importing,
    lists,
    long_history,
    overview,
    purchase,
    redemption,
    review,
    segments,
    sending,
)

MEASURES = {
    "purchase": purchase.measure,
    "redemption": redemption.measure,
    "home": home.measure,
    "history": long_history.measure,
    "import": importing.measure,
    "expiry": expiry.measure,
    "review": review.measure,
    "overview": overview.measure,
    "greetings": greetings.measure,
    "sending": sending.measure,
    "lists": lists.measure,
    "segments": segments.measure,
    "broadcasts": broadcasts.measure,
}


def main() -> int:
    """Run what was asked for and print ratios; exit status 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(MEASURES))
    parser.add_argument("--members", type=int)
    parser.add_argument("--lots", type=int)
    parser.add_argument("--purchases", type=int)
    parser.add_argument("--file", type=Path, help="receipts to import; without it, those of the demo")
    parser.add_argument("--messages", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    options = parser.parse_args()
    sizes = {k: v for k, v in vars(options).items() if k != "names" and v is not None}
    print(f"On {figures.machine()}\n")
    missed = 0
    for name in options.names or MEASURES:
        known = inspect.signature(MEASURES[name]).parameters
        for comparison in MEASURES[name](**{k: v for k, v in sizes.items() if k in known}):
            print(comparison, flush=True)
            missed += not comparison.holds
    return 1 if missed else 0


sys.exit(main())
