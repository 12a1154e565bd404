"""``nginx``: print a server block for nginx."""

import argparse
import sys
from pathlib import Path

from insights.csp import content_policy
from insights.output import nginx_config, read_redirects, scripts_of
from insights.settings import load_settings, setting_problems


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder that is served, and where."""
    parser.add_argument("site", type=Path)
    parser.add_argument("--listen", default="80", help="port, or address and port (default: 80)")


def run(arguments: argparse.Namespace) -> int:
    """Print the block for a built site."""
    site = arguments.site.resolve()
    policy = content_policy(scripts_of(site))
    settings = load_settings(Path.cwd())
    if problems := setting_problems(settings):
        print(*problems.values(), sep="\n", file=sys.stderr)
        return 1
    hsts = settings["insights_hsts"]
    print(nginx_config(site, arguments.listen, policy, read_redirects(site), hsts), end="")
    return 0
