"""Tries settings of conf.py in copies of the fixture site, and prints what becomes of each.

A setting works (its effect is looked for in the published site), is refused, or is reported as one without effect; what is
expected of each is in the table below. Settings that do not hide each other are tried in one build. Exits with 1 if one comes out
otherwise.

    python tests/tools/settings_table.py [PART OF A NAME]
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import warm

ROOT = Path(__file__).parents[2]
WORKS, REFUSED, ADVICE = "works", "refused", "advice"
#: Files of the copy for settings that name some.
FILES = {
    "_static/custom.css": ".custom { color: red }\n",
    "_static/custom.js": "document.title += '!'\n",
    "_static/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><path d="M0 0h60v20H0z"/></svg>\n',
    "_static/deep/more.css": ".deep { color: red }\n",
    "more/other.css": ".other { color: red }\n",
    "extra/CNAME": "insights.example\n",
    "extra/humans.txt": "Written by hand.\n",
    "extra/robots.txt": "User-agent: *\nDisallow: /drafts/\n",
    "extra/.nojekyll": "",
    "extra/.well-known/security.txt": "Contact: mailto:hello@insights.example\n",
    "_templates/hello.html": '{% extends "page.html" %}{% block content %}<h1>Hello, {{ greeted }}</h1>{% endblock %}\n',
    "_templates/sidebar/own.html": "<p>My own section</p>\n",
}
ESSAY, HOME, ABOUT, SHEET = "essays/second/index.html", "index.html", "about/index.html", "_static/insights.css"


class Case(NamedTuple):
    """A line of conf.py, and what is to come of it: a pattern in a file of the site, or in the messages.

    A pattern that begins with ! must not be there. ``alone``: whether another setting would hide the effect.
    """

    conf: str
    verdict: str
    expected: str
    file: str = ESSAY
    alone: bool = False


def option(name: str, value: str, verdict: str, expected: str, file: str = ESSAY, *, alone: bool = False) -> Case:
    """A case of an option of the theme."""
    return Case(f"html_theme_options |= {{{name!r}: {value}}}", verdict, expected, file, alone)


CASES = (
    # Furo
    option("announcement", "'We <em>moved</em>.'", WORKS, r'class="announcement".*We <em>moved</em>'),
    option("announcement", "'We moved.'", WORKS, "We moved", HOME),
    option("announcement", "'<b style=\"color:red\">x</b>'", REFUSED, "style="),
    option("light_css_variables", "{'color-brand-primary': '#7c4dff'}", WORKS, r"--accent:light-dark\(#7c4dff,", SHEET),
    option("dark_css_variables", "{'color-background-primary': '#000'}", WORKS, r"--paper:light-dark\(#\w+,\s*#000\)", SHEET),
    option("light_css_variables", "{'font-stack': 'Verdana'}", WORKS, "--serif:Verdana", SHEET),
    option("light_css_variables", "{'color-background-primary': '#eef'}", WORKS, 'theme-color" content="#eef"'),
    option("light_css_variables", "{'color-brand-primry': 'red'}", REFUSED, "did you mean 'color-brand-primary'"),
    option("light_css_variables", "{'color-sidebar-background': 'red'}", REFUSED, "has no part in the look"),
    Case("html_theme_options |= {'light_logo': 'logo.svg', 'dark_logo': 'logo.svg'}", WORKS, r'logo-light" src="../../_stat'),
    option("light_logo", "'none.svg'", REFUSED, "no file 'none.svg'"),
    option("sidebar_hide_name", "True", WORKS, r'visually-hidden">Insights<', alone=True),
    option("source_repository", "'https://github.com/a/b'", WORKS, "/a/b/edit/main/essays/second/index.md", alone=True),
    Case(
        "html_theme_options |= {'source_repository': 'https://gitlab.com/a/b/', 'source_branch': 'dev', "
        "'source_directory': 'x/'}",
        WORKS, "https://gitlab.com/a/b/-/blob/dev/x/essays/second/index.md",
        alone=True,
    ),
    option("source_edit_link", "'https://a.example/e/{filename}'", WORKS, "https://a.example/e/essays/second/index.md"),
    option("source_view_link", "'https://a.example/v/{filename}'", WORKS, "https://a.example/v/about.md", ABOUT),
    option("source_repository", "'https://a.example/b'", REFUSED, "source_view_link"),
    Case(
        "html_theme_options |= {'source_repository': 'https://github.com/a/b', 'top_of_page_buttons': ['view']}",
        WORKS, r"blob/main/about.md(?s:(?!rel=.edit).)*$", ABOUT, alone=True,
    ),
    option("top_of_page_buttons", "['look']", REFUSED, "unknown button 'look'"),
    option("top_of_page_button", "None", REFUSED, "top_of_page_buttons"),
    option("footer_icons", "[{'name': 'Forge', 'url': 'https://a.example/', 'html': '<svg></svg>', 'class': 'x'}]", WORKS,
        r'class="x" href="https://a.example/" aria-label="Forge"><svg>'),
    option("footer_icons", "[{'name': 'Forge'}]", REFUSED, "name, url and html"),
    option("navigation_with_keys", "True", WORKS, 'class="page" data-keys'),
    option("announcment", "'x'", REFUSED, "did you mean 'announcement'"),
    option("globaltoc_maxdepth", "2", REFUSED, "Sphinx's own themes"),
    # Sphinx: files
    Case("html_css_files = ['custom.css']", WORKS, r'_static/custom.css\?v='),
    Case("html_css_files = [('deep/more.css', {'media': 'print'})]", WORKS, r'media="print".*_static/deep/more.css'),
    Case("html_css_files = ['https://cdn.example/x.css']", REFUSED, "on another host"),
    Case("html_css_files = ['custm.css']", REFUSED, "did you mean 'custom.css'"),
    Case("html_js_files = ['custom.js']", WORKS, r'<script src="../../_static/custom.js'),
    Case("html_js_files = [(None, {'body': 'window.x = 1'})]", WORKS, r"sha256-.*sha256-.*(?s:.*)<script>window.x = 1</script>"),
    Case("html_js_files = ['https://cdn.example/x.js']", REFUSED, "on another host"),
    Case("", WORKS, r"\.deep", "_static/deep/more.css"),
    Case("html_static_path = ['_static', 'more']", WORKS, r"\.other", "_static/other.css"),
    Case("html_static_path = ['_static', 'mor']", REFUSED, "no file or folder 'mor'"),
    Case("html_extra_path = ['extra']", WORKS, "insights.example", "CNAME"),
    Case("html_extra_path = ['extra']", WORKS, "Written by hand", "humans.txt"),
    Case("html_extra_path = ['extra']", WORKS, "Contact", ".well-known/security.txt"),
    Case("html_extra_path = ['extra']", WORKS, "^$", ".nojekyll"),
    Case("html_extra_path = ['extra']", WORKS, "Disallow: /drafts/", "robots.txt"),
    Case("html_logo = '_static/logo.svg'", WORKS, r'logo.svg" alt="" width="60" height="20"', alone=True),
    Case("html_logo = 'none.svg'", REFUSED, "no file 'none.svg'"),
    Case("html_logo = 'https://a.example/logo.svg'", REFUSED, "on another host"),
    Case("html_favicon = '_static/logo.svg'", WORKS, r'type="image/svg\+xml" sizes="any" href="../../_static/logo.svg"'),
    Case("html_favicon = '_static/logo.svg'", WORKS, "_static/logo.svg", "atom.xml"),
    # Sphinx: words
    Case("html_title = 'My Notes'", WORKS, "<title>My Notes</title>", "atom.xml", alone=True),
    Case("html_title = 'My Notes'", WORKS, r'class="brand"[^>]*>My Notes<', alone=True),
    Case("html_short_title = 'Notes'", WORKS, r'class="brand"[^>]*>Notes<'),
    Case("author = 'Ada Example'", WORKS, r'"author":\{"@type":"Person","name":"Ada Example"'),
    Case("html_show_copyright = True\ncopyright = '2026, Ada'", WORKS, "© 2026, Ada"),
    Case("html_show_sphinx = False", WORKS, "!Made with"),
    Case("html_last_updated_fmt = ''", WORKS, "Last updated on 10 May 2026"),
    Case("html_last_updated_fmt = '%Y/%m/%d'", WORKS, "Last updated on 2026/06/01", ABOUT),
    Case("html_last_updated_use_utc = True", ADVICE, "has no effect here"),
    Case("language = 'de'", WORKS, r'lang="de"(?s:.*)3. Februar 2026', alone=True),
    Case("language = 'xx'", REFUSED, "unknown language 'xx'"),
    Case("html_permalinks_icon = '§'", WORKS, "§</a>"),
    Case("html_permalinks = False", WORKS, "!headerlink", alone=True),
    # Sphinx: pages
    Case("html_additional_pages = {'hello': 'hello.html'}\nhtml_context = {'greeted': 'World'}", WORKS, "Hello, World",
        "hello/index.html"),
    Case("html_additional_pages = {'hello': 'none.html'}", REFUSED, "no template 'none.html'"),
    Case("html_use_index = True", WORKS, '<h1 id="index">Index</h1>', "genindex/index.html"),
    Case("html_domain_indices = True", WORKS, "Second Essay"),
    Case("html_copy_source = True", WORKS, "# The Second Essay", "_sources/essays/second/index.md.txt"),
    Case("html_copy_source = True", WORKS, 'href="../../_sources/essays/second/index.md.txt">View source', alone=True),
    Case("html_copy_source = True\nhtml_show_sourcelink = False", WORKS, "!View source"),
    Case("html_sidebars = {'**': ['sidebar/own.html']}", WORKS, "My own section", alone=True),
    Case("html_sidebars = {'**': ['sidebar/none.html']}", REFUSED, "no template 'sidebar/none.html'"),
    Case("html_theme = 'alabaster'", REFUSED, "it can be 'furo'"),
    Case("html_math_renderer = 'mathjax'", REFUSED, "it can be 'mathml'"),
    Case("html_style = 'own.css'", REFUSED, "add yours to html_css_files"),
    Case("html_file_suffix = '.htm'", REFUSED, "folders"),
    Case("html_search_language = 'en'", ADVICE, "search of the publication is its own"),
    Case("html_use_opensearch = 'https://a.example'", ADVICE, "search of the publication is its own"),
    Case("latex_engine = 'xelatex'", ADVICE, "built as a site only"),
    Case("html_favicn = 'x'", REFUSED, "did you mean 'html_favicon'"),
    Case("my_own_number = 3", WORKS, "Second Essay"),
    # Sphinx: texts
    Case("pygments_style = 'friendly'", WORKS, r"#007020", SHEET),
    Case("pygments_dark_style = 'monokai'", WORKS, r"#66d9ef", SHEET),
    Case("pygments_style = 'frendly'", REFUSED, "did you mean 'friendly'"),
    Case("numfig = True", WORKS, "Figure 1"),
    Case("smartquotes = True", WORKS, "Second Essay"),
    Case("nitpick_ignore = [('py:class', 'x')]", WORKS, "Second Essay"),
    Case("today_fmt = '%d'", WORKS, "Second Essay"),
    Case("myst_html_meta = {'keywords': 'notes'}", REFUSED, "_templates/head.html"),
    Case("myst_enable_extensions += ['fieldlist']", WORKS, "Second Essay"),
    # ABlog
    Case("blog_title = 'A Feed'", WORKS, "<title>A Feed</title>", "atom.xml"),
    Case("blog_feed_subtitle = 'About it all.'", WORKS, "<subtitle>About it all.</subtitle>", "atom.xml"),
    Case("post_date_format = '%Y-%m-%d'", WORKS, ">2026-02-03</time>"),
    Case("post_show_prev_next = False", WORKS, '!class="neighbours"'),
    Case("blog_baseurl = 'https://b.example/'", REFUSED, "html_baseurl"),
    *(
        Case(f"{name} = {value}", REFUSED, f"{name} cannot be")
        for name, value in {
            "blog_authors": "{'a': ('A', None)}", "blog_languages": "{'en': ('English', None)}",
            "blog_locations": "{'x': ('X', None)}", "blog_feed_archives": "True", "blog_feed_titles": "True",
            "blog_feed_length": "5", "blog_feed_templates": "{'atom': {}}", "blog_post_pattern": "'blog/*'",
            "disqus_shortname": "'x'", "fontawesome_included": "True", "fontawesome_link_cdn": "'https://a.example/fa.css'",
            "post_auto_excerpt": "2", "post_auto_image": "1", "post_redirect_refresh": "3", "post_always_section": "True",
            "post_date_format_short": "'%d'", "skip_injecting_base_ablog_templates": "False",
        }.items()
    ),
    # sphinxcontrib-bibtex, sphinx-design
    Case("bibtex_default_style = 'plain'", REFUSED, "it can be 'insights'"),
    Case("bibtex_reference_style = 'author_year'", REFUSED, "it can be 'label'"),
    Case("bibtex_bibliography_header = 'x'", ADVICE, "has no effect here"),
    Case("sd_fontawesome_source = 'cdn'", REFUSED, "it can be 'none'"),
    # Extensions
    Case("extensions += ['sphinx.ext.extlinks']\nextlinks = {'pr': ('https://a.example/%s', '%s')}", WORKS, "Second Essay"),
    Case("extensions += ['sphinx.ext.todo']", WORKS, "Second Essay"),
    Case("extensions += ['sphinx.ext.githubpages']", WORKS, "^$", ".nojekyll"),
    Case("extensions += ['sphinx.ext.imgmath']", REFUSED, "formulas are MathML"),
    Case(
        "def setup(app):\n    app.add_css_file('https://cdn.example/x.css')\n    return {'parallel_read_safe': True}",
        REFUSED, "an extension adds https://cdn.example/x.css",
    ),
    Case("def setup(app):\n    app.add_js_file(None, body='window.y = 2')", WORKS, "<script>window.y = 2</script>"),
    Case("def setup(app):\n    app.connect('build-finished', lambda app, e: (app.outdir / 'made.txt').write_text('Made'))",
        WORKS, "Made", "made.txt"),
)  # fmt: skip


def names(case: Case) -> set[str]:
    """What a case sets: settings of conf.py, and options of the theme."""
    return set(re.findall(r"^(?:def )?(\w+)", case.conf, re.MULTILINE)) - {"html_theme_options", "extensions"} | set(
        re.findall(r"[{,] ?'(\w+)': ", case.conf) if "html_theme_options" in case.conf else ()
    )


def groups(cases: Iterable[Case]) -> list[list[Case]]:
    """Cases that can be tried in one build: of one verdict, and no two that set the same name."""
    made: list[list[Case]] = []
    for case in cases:
        for group in made:
            known = set[str]().union(*map(names, group))
            same = any(case.conf == other.conf for other in group)
            fits = not (case.alone or group[0].alone or names(case) & known)
            if group[0].verdict == case.verdict and (fits or (same and case.alone == group[0].alone)):
                group.append(case)
                break
        else:
            made.append([case])
    return made


def copy(cases: Iterable[Case], source: Path) -> Path:
    """A copy of the fixture site in ``source`` with the settings of ``cases``."""
    shutil.copytree(ROOT / "tests/fixtures/site", source)
    for name in ("conf.py", "_ext", "_templates", "_static"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, source / name)
    for name, text in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    with (source / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write("\n".join(["\nhtml_theme_options = {}", *dict.fromkeys(case.conf for case in cases), ""]))
    return source


def build(source: Path) -> str:
    """Publish the site in ``source``; the messages."""
    env = os.environ | {"PYTHONPATH": str(source / "_ext"), "NO_COLOR": "1", "INSIGHTS_TODAY": "2026-06-01"}
    return warm.run(("insights", "html"), source, env).stderr


def verdict(case: Case, source: Path, messages: str) -> str:
    """What has become of a case."""
    if case.verdict != WORKS:
        prefix = r"warning: " if case.verdict == ADVICE else ""
        told = re.search(rf"^conf\.py:\d+: {prefix}.*{case.expected}.*\[insights\.settings\]$", messages, re.MULTILINE)
        return case.verdict if told else "is not told"
    file = source / "_build/html" / case.file
    if messages or not file.exists():
        return "fails"
    found = re.search(case.expected.removeprefix("!"), file.read_text(encoding="utf-8"))
    return WORKS if bool(found) != case.expected.startswith("!") else "does nothing"


def attempt(cases: list[Case]) -> list[tuple[Case, str, str]]:
    """Try ``cases`` in one build: the verdict of each, and the messages."""
    with tempfile.TemporaryDirectory() as folder:
        source = copy(cases, Path(folder, "source"))
        messages = build(source)
        return [(case, verdict(case, source, messages), messages) for case in cases]


def main(part: str = "") -> int:
    """Try the cases that have ``part`` in them, and print what becomes of each."""
    results = [result for group in groups(case for case in CASES if part in case.conf) for result in attempt(group)]
    wrong = [result for result in results if result[0].verdict != result[1]]
    for case, found, messages in results:
        print(f"{' ' if found == case.verdict else '!'} {found:12} {' '.join(case.conf.split())[:110]}")
        if found != case.verdict:
            print(f"    expected: {case.verdict}, {case.expected!r} in {case.file}\n    {messages.strip()[-600:]}")
    print(f"{len(results)} settings tried; {len(wrong)} came out otherwise than expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
