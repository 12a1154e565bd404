"""``publish``: replace the published site by what a build has written."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from insights.cache import build_store
from insights.publish import publish_site, scan_rules, scan_site
from insights.settings import read_settings
from insights.source import asset_files, build_day, read_essays

#: Settings that name one file, which Sphinx publishes in _static/.
PICTURES_OF_SITE = ("html_logo", "html_favicon")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder of the build, and the one of the published site."""
    parser.add_argument("work", type=Path)
    parser.add_argument("site", type=Path)


def run(arguments: argparse.Namespace) -> int:
    """Publish as asked."""
    root = Path.cwd()
    return publish(arguments.work, arguments.site, root, read_settings(root))


def publish(work: Path, site: Path, root: Path, settings: Mapping[str, Any]) -> int:
    """Replace ``site`` by what a build of ``root`` with these ``settings`` wrote to ``work``, unless readers must not see it."""
    day = build_day(settings["insights_today"])
    store = build_store(work.with_name("doctrees"))
    essays = read_essays(root / "essays", store)
    rules = scan_rules(root, settings, essays, day, store)
    try:
        static = [*settings.get("html_static_path", ()), *filter(None, map(settings.get, PICTURES_OF_SITE))]
        # The paths of extensions are absolute.
        own = frozenset(
            f"_static/{name}" for name in asset_files(root, [path for path in static if not Path(path).is_absolute()])
        )
        extra = asset_files(root, settings.get("html_extra_path", ()))
        if leaks := scan_site(work, rules, own, store, frozenset(extra)):
            print(*(f"{site}: {leak}" for leak in leaks), sep="\n", file=sys.stderr)
            print(f"{len(leaks)} error{'s' * (len(leaks) != 1)}; the published site stays as it was", file=sys.stderr)
            return 1
        publish_site(work, site, store, store.read("feed_changes", {}))
    except OSError as error:
        print(f"{error.filename or site}: {error.strerror or error}; the published site stays as it was", file=sys.stderr)
        return 1
    print(f"The site is in {site}; essays: {sum(source.public(day) for source in essays)}")
    return 0
