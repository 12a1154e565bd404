"""``schema``: print the front matter of an essay as a JSON Schema."""

import argparse
import json
from pathlib import Path

from insights.settings import read_settings
from insights.source import Vocabulary, front_matter_schema


def run(arguments: argparse.Namespace) -> int:
    """Print the schema with the categories and tags of the publication in the current folder."""
    settings = read_settings(Path.cwd())
    vocabulary = Vocabulary(settings["insights_categories"], settings["insights_tags"])
    print(json.dumps(front_matter_schema(vocabulary), indent=2, ensure_ascii=False))
    return 0
