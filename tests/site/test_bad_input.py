"""Whatever is pasted into a text is shown correctly, or its author is told where it is and how to fix it."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, TODAY, Site, append, build, edit, insights, project
from insights.markup.mathml import mathml
from insights.source import files

HEADER = "---\ndate: 2026-05-01\ncategory: Architecture\nsummary: A summary.\n---\n# A Title\n\n"
RST = "```{{eval-rst}}\n{}\n```"
FENCES = "\n".join(":" * (203 - n) + "{note}" for n in range(200)) + "\nx\n" + "\n".join(":" * (4 + n) for n in range(200))

#: What a text may not hold, and what its author is told of it.
FORBIDDEN = {
    "script": ("Text.\n\n<script>alert(1)</script>", "10: ERROR: HTML: '<script>alert(1)</script>'; show what it computes"),
    "block": ("<div onclick=x>\nhi\n</div>", "8: ERROR: HTML: '<div onclick=x> hi </div>'; the attribute onclick"),
    "inline": ("a <b onclick=x>b", "8: ERROR: HTML: '<b onclick=x>'; the attribute onclick of <b>"),
    "no-pair": ("a <kbd>b\n\n</details>", "8: ERROR: HTML: '<kbd>'; it has no </kbd> in the same paragraph"),
    "type": ("A Vec<T> of <your-name>.", "8: ERROR: '<T>' is read as HTML; put it in backticks"),
    "frame": ("<iframe src=x></iframe>", "8: ERROR: HTML: '<iframe src=x></iframe>'; link to the page"),
    "unclosed": ("<!-- a\n\nb\n\n## H", "8: ERROR: an HTML comment without an end: '<!-- a b ## H'; write --> behind it"),
    "raw": ("```{raw} html\n<p>\n```", '8: WARNING: HTML in a text; write it in Markdown'),
    "raw-rst": (RST.format(".. raw:: html\n\n   <p>"), '9: WARNING: HTML in a text; write it in Markdown'),
    "raw-role":
        (RST.format(".. role:: h(raw)\n   :format: html\n\n:h:`<p>`"), "13: WARNING: HTML in a text; write it in Markdown"),
    "meta":
        (RST.format(".. meta::\n   :http-equiv=refresh: 0;url=https://a.example"), "ERROR: metadata for the head of the page"),
    "link":
        (RST.format("`x <javascript:alert(1)>`__"), "9: ERROR: a link to 'javascript:alert(1)'; allowed are http, https, mailto"),
    "own-address": ("[x](https://insights.example/essays/frist/)", "8: ERROR: the link target '/essays/frist/' does not exist"),
    "button":
        ("```{button-link} javascript:alert(1)\nx\n```", "8: ERROR: a link to 'javascript:alert(1)'; allowed are http, https"),
    "include": ("```{include} ../../../../dev/zero\n```", "8: ERROR: the file '../../../../dev/zero' is not in the folder of"),
    "literal": ("```{literalinclude} ../../../etc/passwd\n```", "8: ERROR: the file '../../../etc/passwd' is not in the folder"),
    "table": ("```{csv-table} x\n:file: /etc/passwd\n```", "8: ERROR: the file '/etc/passwd' is not in the folder of this text"),
    "picture": (f"![x]({'../' * 20}dev/zero)", "dev/zero is not in the folder of this text; copy it there"),
    "download": (f"{{download}}`x <{'../' * 20}etc/passwd>`", "etc/passwd is not in the folder of this text; copy it there"),
    "settings-file": ("[x](/conf.py)", "8: ERROR: conf.py is not in the folder of this text; copy it there"),
    "escaped": ("[x](%2e%2e/%2e%2e/conf.py)", "8: ERROR: conf.py is not in the folder of this text"),
    "of-another": ("[x](/essays/second/data.csv)", "8: ERROR: no file '/essays/second/data.csv' to link to"),
    "html-picture": ('<img src="/_ext/p.png" alt="x">', "8: ERROR: _ext/p.png is not in the folder of this text; copy it there"),
    "followed": ("[x](link.txt)", "8: ERROR: conf.py is not in the folder of this text; copy it there"),
    "hidden-file": ("[x](.env)", "8: ERROR: essays/hidden-file/.env is hidden, so it may not be meant for readers; rename it"),
    "ignored": ("[x](a.secret)", "8: ERROR: essays/ignored/a.secret is ignored by git, so it may not be meant for readers"),
    "ignored-code": ("```{literalinclude} a.secret\n```", "8: ERROR: the file 'a.secret' is ignored by git"),
    "page-as-text": ("[x](page.txt)", "8: ERROR: essays/page-as-text/page.txt is a page in HTML, which could run on this site"),
    "page-as-pdf": ("[x](page.pdf)", "8: ERROR: essays/page-as-pdf/page.pdf is a page in HTML"),
    "cut-pdf": ("[x](cut.pdf)", "8: ERROR: essays/cut-pdf/cut.pdf is a PDF file that is cut off; copy it again"),
    "no-zip": ("[x](no.zip)", "8: ERROR: essays/no-zip/no.zip is no ZIP file, whatever its name says"),
    "drawing-as-text": ("[x](s.txt)", "8: ERROR: s.txt is an SVG picture; rename it to s.svg"),
    "formula-command": ("{math}`\\foo{a}`", "unknown command \\foo in the formula “\\foo{a}”; check its spelling, or define it"),
    "formula-brace": ("{math}`\\frac{a`", "unbalanced brace in the formula “\\frac{a”; write as many { as }"),
    "formula-empty": ("```{math}\n```", "nothing in the formula “”; write LaTeX, or remove it"),
    "formula-columns":
        ("{math}`a & b`",
            "& outside an environment such as aligned in the formula “a & b”; put the columns in one, or write \\& for the sign"),
    "formula-lines":
        ("{math}`a \\\\ b`", "\\\\ outside an environment such as aligned in the formula “a \\\\ b”; put the lines in one"),
    "formula-link":
        ("{math}`\\href{javascript:alert(1)}{x}`",
            "\\href in the formula “\\href{javascript:alert(1)}{x}”; put a link around it"),
    "quotes":
        ("> " * 60 + "x", "8: ERROR: lists, quotes and boxes are nested more than 8 deep; turn the innermost into paragraphs"),
    "lists": ("".join("  " * n + "- a\n" for n in range(9)), "16: ERROR: lists, quotes and boxes are nested more than 8 deep"),
    "list-line": ("- " * 3000 + "x", "8: ERROR: lists, quotes and boxes are nested more than 8 deep"),
    "fences": (FENCES, "8: ERROR: blocks are nested more than 8 deep; turn the innermost into paragraphs"),
    "colons": (":::{note}\n" * 300, "ERROR: it is nested too deep to read what is here: split it"),
    "long-line": ("[" * 90_000, "8: ERROR: a line of 90,000 characters; allowed are 10,000: break it"),
    "long-code": (f"```json\n{'[' * 40_000}\n```", "9: ERROR: a line of 40,000 characters; allowed are 10,000: break it"),
    "marks": ("\n".join(["x" + "**a " * 300] * 9), "8: ERROR: 5,400 times * in a paragraph; allowed are 1,000: split it"),
    "words": ("\n".join(["word " * 1000] * 11), "8: ERROR: a paragraph of 55,009 characters; allowed are 50,000: split it"),
    "headings": ("\n\n".join(f"## Heading {n}" for n in range(501)), "1006: ERROR: more than 500 headings; split the text"),
    "items": ("- a\n" * 5001, "5007: ERROR: more than 5,000 paragraphs, items of lists and cells of tables; split the text"),
    "columns": ("\n".join(["|" + "a|" * 1001, "|" + "-|" * 1001, *["|" + "b|" * 1001] * 4]), "ERROR: more than 5,000 paragraphs"),
    "rst-lists": (RST.format("\n\n".join("  " * n + "* a" for n in range(100))), "ERROR: blocks are nested more than 8 deep"),
}  # fmt: skip

#: What looks bad and is text, and what of it a reader sees.
SHOWN = {
    "a-link-that-is-none": ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    "brackets": ("[" * 1000, "[" * 1000),
    "stars": ("a " + "*" * 1000, "*" * 1000),
    "emphasis": ("*a **b " * 300, "*a **b " * 10),
    "a-long-line": ("word " * 2000, "word " * 1999),
    "unicode": ("مرحبا, 日本語, 👩‍👩‍👧, e\u0301, \U0001d54f", "مرحبا, 日本語, 👩‍👩‍👧, e\u0301, \U0001d54f"),
    "eight-deep": ("".join("  " * n + f"- level{n}\n" for n in range(8)), "level7"),
    "struck-out": ("a\\\nb ~~c~~", "c"),
    "attributes": ("{onclick=x}\nNot a handler.", "Not a handler."),
    "an-aligned-formula": ("```{math}\n\\begin{aligned} a &= 7 \\\\ c &= 8 \\end{aligned}\n```", "=7"),
    "a-formula-with-markup": ("{math}`\\text{<script>alert(1)</script>}`", "<script>alert(1)</script>"),
    "a-formula": ("{math}`a \\lt b, \\text{if } c \\ge 0`", "if"),
}


#: Files beside the texts above.
BESIDE = {
    "hidden-file/.env": b"TOKEN=1", "ignored/a.secret": b"x", "ignored-code/a.secret": b"x", "second/data.csv": b"a,b\n",
    "page-as-text/page.txt": b"<!DOCTYPE html><script>alert(1)</script>", "page-as-pdf/page.pdf": b"\n<html><body>",
    "cut-pdf/cut.pdf": b"%PDF-1.4\n", "no-zip/no.zip": b"hello",
    "drawing-as-text/s.txt": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
}  # fmt: skip


def write_essays(source: Path, texts: dict[str, str]) -> None:
    for slug, text in texts.items():
        (source / "essays" / slug).mkdir(exist_ok=True)
        (source / "essays" / slug / "index.md").write_text(
            f"{HEADER.replace('A Title', f'Title {slug}')}{text}\n", encoding="utf-8"
        )


@pytest.fixture(scope="module")
def forbidden(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("forbidden")
    source = project(folder / "source")
    write_essays(source, {name: text for name, (text, _) in FORBIDDEN.items()})
    for name, content in BESIDE.items():
        (source / "essays" / name).write_bytes(content)
    (source / "essays/followed/link.txt").symlink_to("../../conf.py")
    shutil.copy2(ROOT / "_static/mark.png", source / "_ext/p.png")
    (source / ".gitignore").write_text("*.secret\n")
    subprocess.run(["git", "init", "--quiet"], cwd=source, check=True)
    return build(folder / "source", folder / "html", options=TODAY)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden_content_is_reported_at_its_line(forbidden: Site, name: str) -> None:
    assert forbidden.returncode == 1
    said = [error for error in forbidden.errors if error.startswith(f"essays/{name}/index.md:")]
    assert any(FORBIDDEN[name][1] in error for error in said), said


def test_text_that_only_looks_harmful_is_shown(tmp_path: Path) -> None:
    write_essays(project(tmp_path / "source"), {name: text for name, (text, _) in SHOWN.items()})
    built = build(tmp_path / "source", tmp_path / "html", options=TODAY)
    # What is printed as typed is an error besides.
    assert {error.partition(":")[0] for error in built.errors} == {
        f"essays/{name}/index.md" for name in ("a-link-that-is-none", "emphasis")
    }
    for name, (_, shown) in SHOWN.items():
        article = built.page(f"/essays/{name}/").article
        assert shown in article.get_text(), name
        assert article.find(onclick=True) is None


def test_line_ends_and_byte_order_marks_change_nothing(tmp_path: Path, site: Site) -> None:
    source = project(tmp_path / "source")
    for path in [*source.glob("*.md"), *source.glob("essays/**/*.*")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    built = build(source, tmp_path / "html", options=TODAY)
    assert built.errors == []
    assert {name for name, content in built.files().items() if content != site.files().get(name)} <= {".buildinfo"}


def test_an_essay_can_have_html_where_conf_py_allows_it_with_files_and_links_that_are_there(tmp_path: Path) -> None:
    """What the policy of the page would block is told, and what the essay shows is published."""
    source = project(tmp_path / "source")
    good = '<ruby id="Here">x</ruby> <img src="a%20b.svg" alt="A" class="y">\n\n[x](#Here) <a class="z" href="../first/">f</a>'
    lines = (
        "A <script>alert(1)</script>.", '<p style="color: red">x</p>', "<iframe src=x></iframe>", "<b onclick=x>y</b>",
        '<img class="y" src="https://a.example/x.png" alt="A">', '<img class="y" src="none.png" alt="A">',
        '<a class="z" href="/nope">x</a>', '<a class="z" href="#nope">x</a>', '<a class="z" href="javascript:x">x</a>',
    )  # fmt: skip
    write_essays(source, {"let": good, "not-let": "<ruby>x</ruby>", "bad": "\n\n".join(lines)})
    (source / "essays/let/a b.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    append(source / "conf.py", '\ninsights_html = ["let", "bad"]\n')
    built = build(source, tmp_path / "html", options=TODAY)
    said = {int(line.split(":")[1]): line for line in built.errors if line.startswith("essays/bad/")}
    assert sorted(said) == list(range(8, 8 + 2 * len(lines), 2)), built.errors
    assert {line.partition(":")[0] for line in built.errors} == {"essays/bad/index.md", "essays/not-let/index.md"}
    page = built.page("/essays/let/")
    assert page.find("a", string="x")["href"] == "#Here"
    assert (built.folder / "essays/let/a b.svg").is_file()


def test_files_that_cannot_be_read_are_reported_and_hide_nothing_else(tmp_path: Path) -> None:
    """In little memory: the largest of them does not fit in."""
    source = project(tmp_path / "source")
    (tmp_path / "secret.md").write_text(HEADER)
    write_essays(source, dict.fromkeys(("binary", "huge", "latin", "link", "circle", "hidden", "device", "folder"), ""))
    texts = {path.parent.name: path for path in source.glob("essays/*/index.md")}
    texts["binary"].write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with texts["huge"].open("wb") as file:
        file.truncate(50_000_000)
    texts["latin"].write_bytes(HEADER.encode() + "Überblick\n".encode("latin-1"))
    for name, target in (("link", tmp_path / "secret.md"), ("circle", texts["circle"])):
        texts[name].unlink()
        texts[name].symlink_to(target)
    texts["hidden"].write_text(HEADER + "One\nline\u202ethat runs back.\n", encoding="utf-8")
    for name in ("device", "folder"):
        texts[name].unlink()
    os.mkfifo(texts["device"])
    texts["folder"].mkdir()
    (source / "about.md").write_bytes(b"# About\n\n\xff\n")
    links = "[a](/essays/huge/index.md), [b](/essays/hidden/index.md), [c](/essays/nowhere/index.md) and zero\u200bwidth."
    write_essays(source, {"fine": links})
    (source / "essays/second/model.py").write_bytes(b"x = '\xff'\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = insights(source, "html", INSIGHTS_TODAY="2026-06-01")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "about.md:3: not UTF-8 text: invalid start byte at byte 9; save the file as UTF-8 [insights.file]",
        "essays/binary/index.md:1: not UTF-8 text: invalid start byte at byte 0; save the file as UTF-8 [insights.file]",
        "essays/circle/index.md:1: cannot be read: a link to itself; fix the file or its permissions [insights.file]",
        "essays/device/index.md:1: no file, but a device; rename it, or take it away [insights.file]",
        "essays/fine/index.md:8: warning: an invisible character, U+200B, in column 97, which the page is without "
        "[insights.file]",
        "essays/fine/index.md:8: the link target '/essays/nowhere/index.md' does not exist; link to a file, such as "
        "'/essays/SLUG/index.md' [myst.xref_missing]",
        "essays/folder/index.md:1: no file, but a folder; rename it, or take it away [insights.file]",
        "essays/hidden/index.md:9: an invisible character, U+202E, in column 5; take it out, or put a space in its place "
        "[insights.file]",
        "essays/huge/index.md:1: 50,000,000 bytes; allowed are 250,000: split the file, or take out what is pasted in "
        "[insights.file]",
        "essays/latin/index.md:8: not UTF-8 text: invalid continuation byte at byte 79; save the file as UTF-8 [insights.file]",
        "essays/link/index.md:1: leads out of the publication; put a copy of the file in the place of the link [insights.file]",
        "essays/second/model.py:1: not UTF-8 text: invalid start byte at byte 5; save the file as UTF-8 [insights.file]",
        "11 errors, 1 warning",
    ]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 400_000)
    assert "zerowidth" in Path(source, "_build", "work", "essays", "fine", "index.html").read_text(encoding="utf-8")


def test_folder_names_that_are_not_addresses_are_errors_even_for_drafts(tmp_path: Path) -> None:
    """Sphinx takes [1] for a pattern: a draft in such a folder would be published."""
    source = project(tmp_path / "source")
    names = ("with space", "ünïcode", "[1]", "First", "dot.dot", "*", "new\nline")
    write_essays(source, dict.fromkeys(names, ""))
    for name in names:
        edit(source / f"essays/{name}/index.md", "summary:", "draft: true\nsummary:")
    built = build(source, tmp_path / "html", options=TODAY)
    assert built.returncode != 0
    for name in names:
        assert any(f"the folder name {name!r} is not an address; use a-z, 0-9" in error for error in built.errors), built.errors
    assert any("the folders First and first differ only in case; rename one" in error for error in built.errors)


def test_a_folder_that_links_elsewhere_is_not_an_essay(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/index.md").write_text(HEADER)
    (source / "essays/elsewhere").symlink_to(tmp_path / "elsewhere")
    assert [path.name for path, _ in files.unreadable_files(source, ["essays/*/index.md"])] == ["index.md"]


@pytest.mark.parametrize(
    "latex", ["\\style{x}{y}", "\\class{x}{y}", "\\sqrt{" * 2000, "\\sqrt" * 1990 + "x", "{" * 5000, "x^{" * 200 + "}" * 200]
)
def test_a_formula_with_markup_or_deep_nesting_is_an_error(latex: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        mathml(latex, "inline")


@pytest.mark.parametrize("mark", ["\u001b", "\u0000", "\u202e", "\u2066", "\u009b", "\ufffe", "\uffff"])
def test_a_character_that_no_page_can_hold_is_found_with_line_and_column(tmp_path: Path, mark: str) -> None:
    text = tmp_path / "index.md"
    text.write_text(f"# A\n\nOne{mark}two.\n", encoding="utf-8")
    ((_, problem),) = files.unreadable_files(tmp_path, ["index.md"])
    message = f"an invisible character, U+{ord(mark):04X}, in column 4; take it out, or put a space in its place"
    assert problem[:2] == (3, message)


@pytest.mark.parametrize(("mark", "shown"), [("\u200b", ""), ("\u2060", ""), ("\ufeff", ""), ("\u2028", " "), ("\u2029", " ")])
def test_what_was_pasted_with_a_text_is_taken_out_of_it_with_a_word(tmp_path: Path, mark: str, shown: str) -> None:
    (tmp_path / "index.md").write_text(f"# A\n\nOne{mark}two.\n", encoding="utf-8")
    (tmp_path / "model.py").write_text(f"one{mark}two\n", encoding="utf-8")
    assert files.read_source(tmp_path / "index.md", tmp_path) == f"# A\n\nOne{shown}two.\n"
    (told,) = files.pasted_characters(f"# A\n\nOne{mark}two.\n")
    assert told[:2] == (3, f"an invisible character, U+{ord(mark):04X}, in column 4, which the page is without")
    with pytest.raises(files.SourceFileError, match="in column 4; take it out"):
        files.read_source(tmp_path / "model.py", tmp_path)


def test_a_file_without_permission_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "index.md").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(files.SourceFileError, match="cannot be read: Permission denied; fix the file or its permissions"):
        files.read_source(tmp_path / "index.md", tmp_path)


def test_every_text_of_the_publication_is_readable() -> None:
    assert list(files.unreadable_files(ROOT, ["*.md", "essays/*/index.md", "essays/*/*.py", "essays/references.bib"])) == []


def test_check_reports_the_same_as_the_build(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    for name in ("essays/first/index.md", "about.md"):
        (source / name).write_bytes(b"\xff")
    done = insights(source, "check")
    for name in ("essays/first/index.md", "about.md"):
        assert (
            done.stdout.count(f"{name}:1: not UTF-8 text: invalid start byte at byte 0; save the file as UTF-8 [insights.file]\n")
            == 1
        )
