"""The site as readers would get it: built, scanned, and everything that the scan finds led back to the source and line of it.

Every command that builds goes through here, so that what one refuses, all refuse, in the same words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date as Day
from pathlib import Path
from typing import Any

from sphinx.config import Config

from insights.cache import build_store
from insights.problems import SETTINGS, Problem, relative
from insights.publish import OWN_FILES, Finding, ScanRule, scan_rules, scan_site
from insights.reporting import build_site, distinct, forget_faulty
from insights.settings import read_settings
from insights.source import ESSAYS_FOLDER, EssaySource, SourceFileError, asset_files, build_day, read_essays, read_source

from . import prose_rules
from .notes import read_note

#: The kinds of builds: the site of today, the one with all drafts and scheduled essays, and the one of the last day on which an
#: essay is scheduled.
PUBLISHED, PREVIEW, AHEAD = "published", "preview", "ahead"
#: Settings that name one file, which Sphinx publishes in _static/.
ASSETS_OF_SITE = ("html_logo", "html_favicon")
#: Where each file of a site comes from: its source and, of pictures and downloads, the texts and lines that name it.
Origins = Mapping[str, tuple[str, list[tuple[str, int]]]]
#: Sources that are part of several pages.
SHARED = ("*.md", "essays/*/index.md", "essays/*/model.py", "essays/*.bib", "_templates/**/*.html", "_static/**/*.js", SETTINGS)


def build_problems(root: Path, folder: Path, settings: dict[str, object]) -> tuple[list[Problem], Config | None]:
    """The problems of a build into ``folder`` with ``settings`` in place of those of conf.py, and all its settings.

    The next build finds the problems again if they are not fixed by then.
    """
    problems, config = build_site(root, folder / "html", folder / "doctrees", settings)
    forget_faulty(problems, folder / "doctrees")
    return problems, config


def find_problems(root: Path, folder: Path, kind: str) -> list[Problem]:
    """The problems of a build of this ``kind`` into ``folder``, and of the site that it has written."""
    settings: dict[str, object] = {"insights_preview": True} if kind == PREVIEW else {}
    later: list[EssaySource] = []
    if kind == AHEAD:
        own = read_settings(root)
        essays = read_essays(root / ESSAYS_FOLDER, build_store(folder / "doctrees"))
        later = scheduled(essays, build_day(own["insights_today"]))
    if later:
        settings["insights_today"] = max(essay.record.date for essay in later if essay.record).isoformat()
    problems, config = build_problems(root, folder, settings)
    if config is not None and all(problem.warning for problem in problems):
        values = {value.name: value.value for value in config}
        problems += site_problems(root, folder / "html", folder / "doctrees", values)
        for essay in later:
            problems += _when_it_comes_out(root, own, essay, essays, folder / "doctrees")
    return distinct(problems)


def preview_problems(root: Path, folder: Path) -> list[Problem]:
    """The problems of a build with drafts into ``folder``, before its site is scanned."""
    return build_problems(root, folder, {"insights_preview": True})[0]


def scan_preview(root: Path, folder: Path) -> list[Problem]:
    """The problems of the site that a build with drafts has written into ``folder``."""
    settings = read_settings(root) | {"insights_preview": True}
    return site_problems(root, folder / "html", folder / "doctrees", settings)


def scheduled(essays: Iterable[EssaySource], today: Day) -> list[EssaySource]:
    """The essays that come out on a later day."""
    return [essay for essay in essays if essay.record and not essay.record.draft and not essay.public(today)]


def hidden_beside(essay: EssaySource | None, essays: Iterable[EssaySource], today: Day) -> list[EssaySource]:
    """The essays that readers do not see when they can see ``essay``, or a text that is none. A draft keeps no secrets."""
    if essay and essay.record and essay.record.draft:
        return []
    day = max(today, essay.record.date) if essay and essay.record else today
    return [other for other in essays if other != essay and not other.public(day)]


def _when_it_comes_out(
    root: Path, settings: Mapping[str, Any], essay: EssaySource, essays: list[EssaySource], doctrees: Path
) -> Iterator[Problem]:
    """What an essay says of others that come out after it; the build of the last day does not know it."""
    day = build_day(settings["insights_today"])
    hidden = hidden_beside(essay, essays, day)
    for problem in prose_rules.essays_lead_to_what_is_public(essay, hidden, day):
        yield problem.at(essay.path, root, "insights.link")
    rules = [rule for rule in scan_rules(root, settings, hidden, build_store(doctrees)) if rule.scope != OWN_FILES]
    yield from _in_source(root, relative(essay.path, root), rules, doctrees)


def site_problems(root: Path, site: Path, doctrees: Path, settings: Mapping[str, Any]) -> list[Problem]:
    """What must not be published of the folder ``site``, which a build of ``root`` with these ``settings`` has written."""
    store = build_store(doctrees)
    essays = read_essays(root / ESSAYS_FOLDER, store)
    day = build_day(settings["insights_today"])
    hidden = [] if settings.get("insights_preview") else [essay for essay in essays if not essay.public(day)]
    rules = scan_rules(root, settings, hidden, store)
    origins: Origins = store.read("origins", {})
    offered = {name for name, (_, users) in origins.items() if users}
    static = [*settings.get("html_static_path", ()), *filter(None, map(settings.get, ASSETS_OF_SITE))]
    assets = asset_files(root, [path for path in static if not Path(path).is_absolute()])  # those of extensions are
    extra = asset_files(root, settings.get("html_extra_path", ()))
    sources = {f"_static/{name}": path for name, path in assets.items()} | extra
    origins = {name: (relative(path, root), []) for name, path in sources.items()} | dict(origins)
    findings = scan_site(site, rules, {f"_static/{name}" for name in assets}, store, offered, extra.keys())
    return distinct(_led_back(root, findings, rules, origins, doctrees)) if findings else []


def _led_back(
    root: Path, findings: Iterable[Finding], rules: list[ScanRule], origins: Origins, doctrees: Path
) -> Iterator[Problem]:
    """The findings as problems of the sources. What stands in a text is in its page, in feeds, in lists: that is one problem."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        source, users = origins.get(finding.file, (SETTINGS, []))
        where = finding.rule and f": {finding.rule}"
        for text, line in users:
            name = f"{source}:{finding.line}" if where else source
            yield Problem(line, f"{name}{where}: {finding.text}; mend that file, or take it out here", "insights.leak", text)
        if not users and not finding.rule:
            yield Problem(1, f"{finding.file}: {finding.text}", "insights.leak", source)
        elif not users:
            groups[finding.rule, finding.text].append(finding)
    for (name, found), in_files in groups.items():
        of_name = [rule for rule in rules if rule.name == name]
        pages = dict.fromkeys(origins[finding.file][0] for finding in in_files if finding.file in origins)
        shared = sorted({path.relative_to(root).as_posix() for pattern in SHARED for path in root.glob(pattern)})
        problems = [problem for path in pages for problem in _in_source(root, path, of_name, doctrees)]
        homes = {(root / path).parent for path in pages} - {root}
        beside = sorted(relative(file, root) for home in homes for file in home.rglob("*") if file.is_file())
        problems = problems or [problem for path in beside for problem in _in_source(root, path, of_name, doctrees, found)]
        problems = problems or [problem for path in shared for problem in _in_source(root, path, of_name, doctrees, found)]
        first = in_files[0]
        source = next(iter(pages), SETTINGS)
        yield from problems or [Problem(1, f"{first}; nothing in the sources says so", "insights.leak", source)]


def _in_source(root: Path, name: str, rules: list[ScanRule], doctrees: Path, found: str = "") -> Iterator[Problem]:
    """Where a source has what the ``rules`` do not allow; with ``found``, what contains that."""
    try:
        text = read_source(root / name, root)
    except SourceFileError:
        return
    note = read_note(doctrees, name.removesuffix(".md"), text) if name.endswith(".md") else None
    for problem in prose_rules.nothing_leaks(text, note.contents.unquoted if note else None, rules):
        if found in problem.message:
            yield problem.at(root / name, root, "insights.leak")
