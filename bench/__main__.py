"""`make bench`: every measurement, or those named; `--small` for a quick look at a hundredth of the size."""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
django.setup()

from bench import expiry, figures  # noqa: E402 - Django must be set up before our own modules load

MEASURES = {"expiry": expiry.measure}


def main() -> int:
    """Run what was asked for and print ratios; exit status 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(MEASURES))
    parser.add_argument("--members", type=int)
    parser.add_argument("--lots", type=int)
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    sizes = {k: v for k, v in vars(options).items() if k != "names" and v is not None}
    print(f"On {figures.machine()}\n")
    missed = 0
    for name in options.names or MEASURES:
        for comparison in MEASURES[name](**sizes):
            print(comparison, flush=True)
            missed += not comparison.holds
    return 1 if missed else 0


sys.exit(main())
