"""The settings of *Insights*."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

# -- Identity -----------------------------------------------------------------

project = "Insights"
author = "Insights"
# The copyright notice in feeds. It has no year, because Sphinx would replace it with the year of the build.
copyright = f"© {author}"
language = "en"
html_title = project

# The address of the published site. Set INSIGHTS_BASE_URL to build for another host.
html_baseurl = (os.environ.get("INSIGHTS_BASE_URL") or "https://insights.example/").rstrip("/") + "/"

# The description in feeds and link previews.
insights_description = "Technical writing for people building serious systems."

# Identifies feeds and essays (RFC 4151): a domain, and a year in which you owned it. Never change it once you have published.
insights_tag_authority = "insights.example,2026"

# The address that "Start a project" writes to. A build for a real host fails while this is a placeholder.
insights_email = os.environ.get("INSIGHTS_EMAIL") or "hello@insights.example"

# The repository, such as "https://github.com/OWNER/NAME". Each essay then links to its source, to suggest an edit.
insights_repository = os.environ.get("INSIGHTS_REPOSITORY", "")

# Strict-Transport-Security, such as "max-age=31536000": for a year, browsers use only TLS for this host. You cannot take it back.
insights_hsts = ""

# -- Pages --------------------------------------------------------------------

# An allowlist, so that a README or a note never becomes a page.
include_patterns = ["index.md", "about.md", "start.md", "subscribe.md", "glossary.md", "404.md", "essays/*/index.md"]
# Skipping these folders saves a third of a second per build.
exclude_patterns = [".git", ".venv", ".*_cache", ".hypothesis", "_build", "_ext", "_static", "_templates", "tests"]

# -- Extensions ---------------------------------------------------------------

extensions = [
    # In _ext/. Makes builds faster, and must come first. The site is the same without it.
    "insights_speed",
    # Other people's.
    "ablog",
    "myst_parser",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    # In _ext/.
    "insights",
]
nitpicky = True
suppress_warnings = [
    # Lists, cards and the sidebar link to pages; there is no global table of contents.
    "toc.not_included",
    # Each essay lists its own references, so two essays can cite the same source.
    "bibtex.duplicate_citation",
    "bibtex.duplicate_label",
    # Cards may have the lines ^^^ and +++ as before.
    "design.card_legacy",
]

# -- Essays -------------------------------------------------------------------

# The categories, each with the paragraph that opens its page.
insights_categories = {
    "System Design": """\
How the parts of a system are cut, and what each cut costs: where failure stops, where waiting adds up, and which early decision
decides the most.""",
    "Infrastructure": """\
What everything else stands on: replicas, networks, storage and failover, and the ways in which they fail together.""",
    "Real-Time Systems": """\
Systems with a deadline: streams, queues and media, where a right answer that comes late is a wrong one.""",
    "Product Systems": """\
The systems behind the product: operations, internal tools, and the people who decide on a screen that no customer sees.""",
    "Architecture": """\
What survives contact with load, time and other people’s code, and how to know it beforehand.""",
    "Engineering Thinking": """\
How engineers reason about complexity, evidence and cost, and about what they do not know.""",
}
insights_tags = [
    "blast-radius",
    "coordination",
    "failover",
    "idempotency",
    "latency",
    "measurement",
    "operations",
    "overload",
    "queueing",
    "redundancy",
    "streaming",
]

# Addresses that have moved: {"/essays/old-name/": "/essays/new-name/"}.
insights_redirects: dict[str, str] = {}

# The folder names of essays that may contain HTML. Review it: only the content policy and the scan for leaks still limit it.
insights_html: list[str] = []

# The rules of taste that this publication enforces; the others are advice. CONTRIBUTING.md lists them. An essay can set its own
# `rules` in its front matter.
insights_rules = dict.fromkeys(["cited-sources", "code", "quotes", "spelling", "typed-results", "worn-phrases"], "error")

# The day to build the site for, as YYYY-MM-DD. Default: today, in UTC.
insights_today = os.environ.get("INSIGHTS_TODAY", "")

blog_baseurl = html_baseurl
blog_path = "essays"
blog_post_pattern = "essays/*/index.md"
post_auto_excerpt = 0
# We write the feeds. ABlog's has relative links and the time of the build.
blog_feed_templates = {}
# ABlog's page.html would override Furo's and make every page an error page. Ours are in _templates/ablog/.
skip_injecting_base_ablog_templates = True

# -- Markdown -----------------------------------------------------------------

myst_enable_extensions = [
    "alert",
    "amsmath",
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "deflist",
    "dollarmath",
    "fieldlist",
    "gfm_autolink",
    "html_admonition",
    "strikethrough",
    "substitution",
    "tasklist",
]
# So that "$5 and $10" are prices.
myst_dmath_allow_space = False
myst_dmath_allow_digits = False
myst_dmath_double_inline = True
myst_update_mathjax = False
myst_heading_anchors = 6
# The schemes of links to elsewhere. A text with another, such as "slack", is refused.
myst_url_schemes = ["http", "https", "mailto", "tel"]
# Code without a language is shown without colours.
highlight_language = "text"
# Footnotes are below a heading instead.
myst_footnote_transition = False
# For "N min read". Counts words of prose, without code and numbers.
myst_words_per_minute = 200

bibtex_bibfiles = ["essays/references.bib"]
bibtex_default_style = "insights"
bibtex_reference_style = "label"
bibtex_cite_id = "reference-{key}"

# Authors type typographic quotes and dashes; `make check` reports others.
smartquotes = False

# Charts are figures, and say so in full.
numfig_format = {"figure": "Figure %s"}

# -- Theme --------------------------------------------------------------------

templates_path = ["_templates"]
html_theme = "furo"
html_static_path = ["_static"]
html_favicon = "_static/mark.svg"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/catalogue.html",
    ]
}
html_math_renderer = "mathml"

# Features for manuals that a publication does not need.
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False

# -- Links to other sites -----------------------------------------------------

linkcheck_ignore = [html_baseurl]
# Sections of cited pages move, and some servers show them only to browsers.
linkcheck_anchors = False
