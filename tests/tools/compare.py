"""Build the publication with the machinery of two commits and compare: ``python tests/tools/compare.py BASE``.

The texts are those of the working tree; the machinery (``conf.py``, ``_ext/``, ``_templates/``, ``_static/``) is that of BASE on one
side and of the working tree on the other. Compared are every file of the published site, of the preview and of a site of made-up
essays, by digest, and what ``insights check`` says of a site full of mistakes (``tests/fixtures/mistakes/``). What a commit gave is kept
in ``_build/compare/``, so that each further comparison with it builds one side only.
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

import bench

ROOT = Path(__file__).parents[2]
TODAY = "2026-11-27"
#: What is not a text of the publication.
MACHINERY = ("conf.py", "_ext", "_templates", "_static")
PAGES = ("*.md", "permalinks.lock", "pyproject.toml")
ESSAYS = 60
Outcome = dict[str, dict[str, str]]


def machinery(commit: str | None, folder: Path) -> Path:
    """The machinery of ``commit`` in ``folder``; that of the working tree for None."""
    folder.mkdir(parents=True)
    if commit:
        archive = subprocess.run(["git", "archive", commit, *MACHINERY], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
    else:
        for name in MACHINERY:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / name, folder)
    return folder


def lay(machinery: Path, folder: Path) -> Path:
    """``folder`` with a copy of the ``machinery`` in it."""
    shutil.copytree(machinery, folder, dirs_exist_ok=True)
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in ``folder`` with the machinery there."""
    settings = {key: value for key, value in os.environ.items() if not key.startswith("INSIGHTS_")}
    settings |= {"PYTHONPATH": "_ext", "INSIGHTS_TODAY": TODAY, "NO_COLOR": "1"}
    return subprocess.run([sys.executable, "-m", *command], cwd=folder, env=settings, capture_output=True, text=True, check=False)


def digests(folder: Path) -> dict[str, str]:
    """The digest of every file below ``folder``, but for what Sphinx notes for its next build."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".buildinfo"))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def published(folder: Path) -> dict[str, str]:
    """What `insights html` publishes of the texts in ``folder``."""
    done = run(folder, "insights", "html")
    return digests(folder / "_build/html") if done.returncode == 0 else {"failed": done.stdout + done.stderr}


def previewed(folder: Path) -> dict[str, str]:
    """What a build with drafts makes of the texts in ``folder``."""
    switches = ["-b", "dirhtml", "-n", "-W", "--keep-going", "-D", "insights_preview=1", "-d", "_build/preview/doctrees"]
    done = run(folder, "sphinx", "-q", *switches, ".", "_build/preview/html")
    return digests(folder / "_build/preview/html") if done.returncode == 0 else {"failed": done.stdout + done.stderr}


def mistakes(folder: Path) -> dict[str, str]:
    """What is said of the texts in ``folder``, by file and line."""
    lines = run(folder, "insights", "check").stdout.splitlines()
    return {f"{number:02}": line for number, line in enumerate(sorted(lines))}


def outcome(commit: str | None) -> Outcome:
    """What the machinery of ``commit`` makes of all these texts."""
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        folder = Path(name)
        parts = machinery(commit, folder / "machinery")
        own = lay(parts, folder / "publication")
        shutil.copytree(ROOT / "essays", own / "essays", ignore=shutil.ignore_patterns("__pycache__"))
        for path in (path for pattern in PAGES for path in ROOT.glob(pattern)):
            shutil.copy2(path, own)
        fixture = lay(parts, folder / "fixture")
        shutil.copytree(ROOT / "tests/fixtures/site", fixture, dirs_exist_ok=True)
        shutil.copytree(ROOT / "tests/fixtures/kitchen-sink", fixture / "essays/kitchen-sink")
        many = folder / "many"
        bench.publication(many, ESSAYS, parts)
        wrong = lay(parts, folder / "wrong")
        shutil.copytree(ROOT / "tests/fixtures/site", wrong, dirs_exist_ok=True)
        shutil.copytree(ROOT / "tests/fixtures/mistakes", wrong, dirs_exist_ok=True)
        return {
            "site": published(own),
            "preview": previewed(fixture),
            "made-up": published(many),
            "mistakes": mistakes(wrong),
        }


def differences(one: Outcome, other: Outcome) -> list[str]:
    """What the two outcomes do not have in common, a line each."""
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
    """Compare as the command line says; 1 if anything differs."""
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
