"""The essays of a build as their authors left them, checked when the build begins, and the day for which they are built."""

from datetime import date as Day
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util import logging

from insights.cache import build_store
from insights.problems import Problem
from insights.source import (
    ESSAY_TEXT,
    ESSAYS_FOLDER,
    PERMALINKS,
    EssaySource,
    Vocabulary,
    build_day,
    essay_problems,
    pasted_characters,
    read_essays,
    unreadable_files,
    without_pasted,
)

from . import ablog

logger = logging.getLogger(__name__)


@cache
def build_sources(app: Sphinx) -> dict[str, EssaySource]:
    """The essays as their authors left them, by slug, those included that readers may not see yet."""
    essays = read_essays(Path(app.srcdir) / ESSAYS_FOLDER, build_store(app.doctreedir))
    return {essay.slug: essay for essay in essays}


def build_today(config: Config) -> Day:
    """The day of the build: a setting, so that a build can be repeated; else today in UTC."""
    return build_day(config.insights_today)


def check_sources(app: Sphinx, config: Config) -> None:
    """Report every mistake in the front matter of every essay, and exclude what readers may not see yet."""
    root, today, preview = Path(app.srcdir), build_today(config), config.insights_preview
    essays = list(build_sources(app).values())
    _leave_out_unreadable(app, config)
    for name in ("insights_categories", "insights_tags"):
        _check_vocabulary(config, name)
    if not preview:
        hidden = (essay.slug for essay in essays if not essay.public(today))
        config.exclude_patterns = [*config.exclude_patterns, *sorted(f"{ESSAYS_FOLDER}/{slug}/{ESSAY_TEXT}" for slug in hidden)]
    vocabulary = Vocabulary(config.insights_categories, config.insights_tags)
    for path, problem in essay_problems(root / ESSAYS_FOLDER, essays, vocabulary, today, hidden=preview):
        _report(problem.at(path, root, "insights.front_matter"))


@cache
def unreadable_sources(app: Sphinx) -> list[tuple[Path, Problem]]:
    """The files that cannot be read, each with its problem."""
    root, config = Path(app.srcdir), app.config
    patterns = [*config.include_patterns, *config.bibtex_bibfiles, f"{ESSAYS_FOLDER}/*/*.py", PERMALINKS]
    problems = [
        (essay.path, problem) for essay in build_sources(app).values() if not essay.readable for problem in essay.problems
    ]
    problems += unreadable_files(root, [pattern for pattern in patterns if pattern != f"{ESSAYS_FOLDER}/*/{ESSAY_TEXT}"])
    return sorted(problems)


def _leave_out_unreadable(app: Sphinx, config: Config) -> None:
    """Report the files that cannot be read, and build without them: one could keep Sphinx busy for hours, or be a device."""
    root = Path(app.srcdir)
    left_out = set()
    for path, problem in unreadable_sources(app):
        _report(problem.at(path, root, "insights.file"))
        name = path.relative_to(root).as_posix()
        if name == f"{config.root_doc}.md":
            # Sphinx reports any other exception as a fault of the machinery, on thirty lines.
            raise SystemExit(f"nothing was built, since {name} cannot be read")
        left_out.add(f"{path.parent.relative_to(root).as_posix()}/{ESSAY_TEXT}" if path.suffix == ".py" else name)
    config.exclude_patterns = [*config.exclude_patterns, *sorted(left_out)]
    config.bibtex_bibfiles = [name for name in config.bibtex_bibfiles if name not in left_out]


def clean_text(app: Sphinx, docname: str, source: list[str]) -> None:
    """Take invisible characters that were pasted with a text out of it, and say so."""
    for problem in pasted_characters(source[0].removeprefix("\ufeff")):
        logger.warning("%s", problem.message, location=(docname, problem.line), type="insights", subtype="file")
    source[0] = without_pasted(source[0])


def _report(problem: Problem) -> None:
    kind, _, subtype = problem.kind.partition(".")
    logger.error("%s", problem.message, location=f"{problem.path}:{problem.line}", type=kind, subtype=subtype)


def _check_vocabulary(config: Config, name: str) -> None:
    """Two words with one address would overwrite each other's page; ABlog would split a word at its comma."""
    words: dict[str, str] = {}
    for word in config[name]:
        address = ablog.term_slug(word)
        if "," in word or not address:
            raise ConfigError(f"{name}: {word!r} cannot be an address; use words without commas")
        if address in words:
            raise ConfigError(f"{name}: {words[address]!r} and {word!r} share the address {address!r}; rename one")
        words[address] = word
