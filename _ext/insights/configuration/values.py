"""Values of conf.py that are of the wrong kind: each is reported, with what was written and what is allowed, and not used."""

import re
from collections.abc import Iterator
from pathlib import Path

from sphinx.config import Config

from insights.addresses import DANGEROUS
from insights.settings import CONTROLS, LISTS, SETTINGS, is_set, setting_problems, wrong_type
from insights.source import asset_files, private

#: Settings of Sphinx and others that a page or a feed prints.
PRINTED = ("project", "author", "copyright", "html_title", "html_short_title", "blog_title", "blog_feed_subtitle", "release")
#: Names of files that are hidden and meant for hosts and certificate authorities.
MEANT = (".well-known", ".nojekyll", ".domains", ".htaccess")
OWN = frozenset(("html_baseurl", *(setting[0] for setting in SETTINGS)))
COUNTS = ("myst_words_per_minute", "myst_heading_anchors", "numfig_secnum_depth", "linkcheck_timeout", "linkcheck_workers")


def types(config: Config, root: Path) -> Iterator[tuple[str, str]]:
    """Settings whose value has another type than their default; they get that, so that the build can go on."""
    for name, option in config.values.items():
        if is_set(config, name) and name not in OWN and (problem := wrong_type(name, getattr(config, name), option)):
            config._raw_config.pop(name, None)
            setattr(config, name, LISTS.get(name) or (option.default(config) if callable(option.default) else option.default))
            yield name, problem


def own(config: Config, root: Path) -> Iterator[tuple[str, str]]:
    """Our settings, the address of the site, and what others print."""
    values = {name: getattr(config, name) for name in ("html_baseurl", *(setting[0] for setting in SETTINGS))}
    defaults = {name: default for name, default, *_ in SETTINGS} | {"html_baseurl": "https://site.invalid/"}
    for name, problem in setting_problems(values).items():
        setattr(config, name, defaults[name])
        if name == "html_baseurl":
            config.blog_baseurl = config.html_baseurl
        yield name, problem
    for name in PRINTED:
        value = getattr(config, name)
        if isinstance(value, str) and (match := CONTROLS.search(value)):
            setattr(config, name, re.sub(r"[\0-\x1f\x7f]", " ", value))
            yield name, f"{name} has the control character U+{ord(match[0]):04X}; remove it"
    for name in COUNTS:
        value = getattr(config, name, None)
        if (
            is_set(config, name)
            and isinstance(value, int | float)
            and not (0 if name.endswith("anchors") else 1) <= value <= 10_000
        ):
            setattr(config, name, config.values[name].default)
            yield name, f"{name} is {value}; write a number from 1 to 10000"
    for scheme in sorted(DANGEROUS.intersection(config.myst_url_schemes)):
        yield (
            f"myst_url_schemes.{scheme}",
            f"links with the scheme {scheme!r} can harm readers, so no text can have them; remove it",
        )


def assets(config: Config, root: Path) -> Iterator[tuple[str, str]]:
    """Files and folders that conf.py publishes whole, and that hold what is not for readers."""
    real = root.resolve()
    for name in ("html_static_path", "html_extra_path"):
        for entry in [entry for entry in getattr(config, name) if isinstance(entry, str)]:
            folder = (root / entry).resolve()
            if not folder.is_relative_to(real) or folder == real:
                getattr(config, name).remove(entry)
                where = "the publication itself" if folder == real else "outside the publication"
                yield (
                    f"{name}.{entry}",
                    f"{entry!r} in {name} is {where}, and all files in it would be published; copy them to a folder",
                )
                continue
            for file, path in sorted(asset_files(root, [entry]).items()):
                if name == "html_static_path" and any(part.startswith(".") for part in Path(file).parts):
                    continue  # Sphinx leaves those out
                inside = path.resolve()
                why = private(real, (inside, real / path.relative_to(root)), MEANT) if inside.is_relative_to(real) else ""
                if why or not inside.is_relative_to(folder):
                    yield (
                        f"{name}.{entry}",
                        f"{entry}/{file} {why or f'leads out of {entry}; put a copy of the file in its place'}",
                    )
