"""The command line of the publication, ``python -m insights …``: one module of ``commands`` a command."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from insights.problems import crash, keep_details
from insights.processes import end_with_parent, uncontained

COMMANDS = {
    "html": "build the site and publish it",
    "check": "report everything that is wrong with the publication",
    "live": "serve the site while it is being written",
    "serve": "serve a built site on this machine",
    "new": "begin an essay: a draft, with a small model",
    "typography": "set quotes, dashes and no-break spaces in the prose of essays",
    "preview": "build the site with drafts and scheduled essays, and scan it",
    "permalinks": "build the site, and add its addresses to permalinks.lock",
    "publish": "publish what a build has written",
    "nginx": "print a server block for nginx",
    "schema": "print the front matter of an essay as a JSON Schema, for editors",
}
#: The commands that run the code of essays.
RUNNING = ("html", "check", "live", "preview", "permalinks")


def main(arguments: list[str]) -> int:
    """Run the command that the ``arguments`` name; the status to exit with."""
    parser = argparse.ArgumentParser(prog="python -m insights", description="The commands of the publication.")
    parsers = parser.add_subparsers(dest="command", required=True)
    # A command loads what it needs, and no other command does.
    asked = next((word for word in arguments if word in COMMANDS), None)
    for name, purpose in COMMANDS.items():
        command = parsers.add_parser(name, help=purpose)
        if name == asked:
            module = import_module(f"insights.commands.{name}")
            if hasattr(module, "add_arguments"):
                module.add_arguments(command)
            command.set_defaults(run=module.run)
    parsed = parser.parse_args(arguments)
    os.register_at_fork(after_in_child=end_with_parent)
    if asked in RUNNING and (warning := uncontained()):
        print(warning, file=sys.stderr)
    return int(parsed.run(parsed))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted.")
    except BrokenPipeError:  # whoever read what this prints has ended, as `head` does; Python would write the rest when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        root = Path.cwd()
        sys.exit(f"{crash(error, root)}{keep_details(error, root)}")
