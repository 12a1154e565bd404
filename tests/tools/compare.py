"""Compare what the machinery of another commit and of the working tree build: ``make compare BASE=main``.

Both build the texts of the working tree, with their own ``conf.py``, ``_ext/``, ``_templates/`` and ``_static/``. It compares
every file of the published site, of a preview and of a site of made-up essays, and the messages for a site full of mistakes
(``tests/fixtures/mistakes/``). The results for a commit stay in ``_build/compare/`` for the next comparison.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import MACHINERY, ROOT, copy_machinery, publication

TODAY = "2026-11-27"
PAGES = ("*.md", "permalinks.lock", "pyproject.toml")
ESSAYS = 60
Outcome = dict[str, dict[str, str]]


def machinery(commit: str | None, folder: Path) -> Path:
    """The machinery of ``commit``, or of the working tree, in ``folder``."""
    if not commit:
        return copy_machinery(folder)
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", commit, *MACHINERY], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in ``folder`` with the machinery there."""
    settings = {key: value for key, value in os.environ.items() if not key.startswith("INSIGHTS_")}
    settings |= {"PYTHONPATH": "_ext", "INSIGHTS_TODAY": TODAY, "NO_COLOR": "1"}
    return subprocess.run([sys.executable, "-m", *command], cwd=folder, env=settings, capture_output=True, text=True, check=False)


def digests(folder: Path) -> dict[str, str]:
    """The digest of every file below ``folder``, except Sphinx's ``.buildinfo``."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".buildinfo"))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def published(folder: Path) -> dict[str, str]:
    """The digests of the site that `insights html` publishes."""
    done = run(folder, "insights", "html")
    return digests(folder / "_build/html") if done.returncode == 0 else {"failed": done.stdout + done.stderr}


def previewed(folder: Path) -> dict[str, str]:
    """The digests of a preview."""
    switches = ["-b", "dirhtml", "-n", "-W", "--keep-going", "-D", "insights_preview=1", "-d", "_build/preview/doctrees"]
    done = run(folder, "sphinx", "-q", *switches, ".", "_build/preview/html")
    return digests(folder / "_build/preview/html") if done.returncode == 0 else {"failed": done.stdout + done.stderr}


def mistakes(folder: Path) -> dict[str, str]:
    """The messages of `insights check`."""
    lines = run(folder, "insights", "check").stdout.splitlines()
    return {f"{number:02}": line for number, line in enumerate(sorted(lines))}


def outcome(commit: str | None) -> Outcome:
    """What the machinery of ``commit``, or of the working tree, makes of all these texts."""
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        folder = Path(name)
        parts = machinery(commit, folder / "machinery")
        own = copy_machinery(folder / "publication", parts)
        shutil.copytree(ROOT / "essays", own / "essays", ignore=shutil.ignore_patterns("__pycache__"))
        for path in (path for pattern in PAGES for path in ROOT.glob(pattern)):
            shutil.copy2(path, own)
        fixture = copy_machinery(folder / "fixture", parts)
        shutil.copytree(ROOT / "tests/fixtures/site", fixture, dirs_exist_ok=True)
        shutil.copytree(ROOT / "tests/fixtures/kitchen-sink", fixture / "essays/kitchen-sink")
        many = folder / "many"
        publication(many, ESSAYS, parts)
        wrong = copy_machinery(folder / "wrong", parts)
        shutil.copytree(ROOT / "tests/fixtures/site", wrong, dirs_exist_ok=True)
        shutil.copytree(ROOT / "tests/fixtures/mistakes", wrong, dirs_exist_ok=True)
        return {"site": published(own), "preview": previewed(fixture), "made-up": published(many), "mistakes": mistakes(wrong)}


def differences(one: Outcome, other: Outcome) -> list[str]:
    """The differences between two outcomes, one line each."""
    found = []
    for part in one:
        if part == "mistakes":
            before, after = set(one[part].values()), set(other[part].values())
            found += [f"mistakes: - {line}" for line in sorted(before - after)]
            found += [f"mistakes: + {line}" for line in sorted(after - before)]
            continue
        for name in sorted(one[part].keys() | other[part].keys()):
            if one[part].get(name) != other[part].get(name):
                state = "differs" if name in one[part] and name in other[part] else "new" if name in other[part] else "gone"
                found.append(f"{part}: {name}: {other[part][name] if name == 'failed' else state}")
    return found


def main() -> int:
    """Compare with the commit on the command line; return 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="the commit to compare with")
    base = parser.parse_args().base
    commit = subprocess.run(["git", "rev-parse", base], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    kept = ROOT / f"_build/compare/{commit}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(outcome(commit), indent=1))
    before, after = json.loads(kept.read_text()), outcome(None)
    found = differences(before, after)
    print(*found, sep="\n", end="\n" if found else "")
    counts = ", ".join(f"{part} {len(files)}" for part, files in after.items())
    print(f"{len(found)} differences in {counts}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
