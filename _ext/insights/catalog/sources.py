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
    read_essays,
    unreadable_files,
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
    try:
        return build_day(config.insights_today)
    except ValueError:
        raise ConfigError(f"insights_today is {config.insights_today!r}; write a day as YYYY-MM-DD") from None


def check_sources(app: Sphinx, config: Config) -> None:
    """Report every mistake in the front matter of every essay, and exclude what readers may not see yet."""
    root, today, preview = Path(app.srcdir), build_today(config), config.insights_preview
    essays = list(build_sources(app).values())
    _check_files(root, config, essays)
    for name in ("insights_categories", "insights_tags"):
        _check_vocabulary(config, name)
    if not preview:
        hidden = (essay.slug for essay in essays if not essay.public(today))
        config.exclude_patterns = [*config.exclude_patterns, *sorted(f"{ESSAYS_FOLDER}/{slug}/{ESSAY_TEXT}" for slug in hidden)]
    vocabulary = Vocabulary(config.insights_categories, config.insights_tags)
    for path, problem in essay_problems(root / ESSAYS_FOLDER, essays, vocabulary, today, hidden=preview):
        _report(problem.at(path, root, "insights.front_matter"))


def _check_files(root: Path, config: Config, essays: list[EssaySource]) -> None:
    """Stop before Sphinx reads a file that could keep it busy for hours, or that is not what it looks like."""
    patterns = [*config.include_patterns, *config.bibtex_bibfiles, f"{ESSAYS_FOLDER}/*/*.py", PERMALINKS]
    problems = [(essay.path, problem) for essay in essays if not essay.readable for problem in essay.problems]
    problems += unreadable_files(root, [pattern for pattern in patterns if pattern != f"{ESSAYS_FOLDER}/*/{ESSAY_TEXT}"])
    for path, problem in sorted(problems):
        _report(problem.at(path, root, "insights.file"))
    if problems:
        # Sphinx reports any other exception as a fault of the machinery, on thirty lines.
        raise SystemExit(f"nothing was built, for files that cannot be read: {len(problems)}")


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
