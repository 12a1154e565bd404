"""``typography``: set quotes, dashes, ellipses and no-break spaces in the prose of essays."""

import argparse
import difflib
import sys
from pathlib import Path

from insights.check import text_parser, with_typography
from insights.settings import read_settings
from insights.source import ESSAY_TEXT, ESSAYS_FOLDER, SourceFileError, read_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The essays; without any, all."""
    parser.add_argument("essays", nargs="*", metavar="essay", help="the folder name of an essay (default: all)")


def run(arguments: argparse.Namespace) -> int:
    """Set the texts of the publication in the current folder, and print what has changed; 1 if one cannot be read."""
    root = Path.cwd()
    settings = read_settings(root)
    parser, language = text_parser(settings), settings.get("language") or "en"
    names = arguments.essays or sorted(path.parent.name for path in root.glob(f"{ESSAYS_FOLDER}/*/{ESSAY_TEXT}"))
    status = changed = 0
    for path in (root / ESSAYS_FOLDER / name / ESSAY_TEXT for name in names):
        try:
            text = read_source(path, root)
        except SourceFileError as error:
            print(error.problem.at(path, root, "insights.file"), file=sys.stderr)
            status = 1
            continue
        if (new := with_typography(text, parser, language)) != text:
            path.write_text(new, encoding="utf-8")
            name = path.relative_to(root).as_posix()
            print(*difflib.unified_diff(text.splitlines(), new.splitlines(), name, name, n=0, lineterm=""), sep="\n")
            changed += 1
    print(f"{changed} text{'s' * (changed != 1)} changed")
    return status
