"""The settings of *Insights*, in the order a reader asks for them."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

# -- Who we are ---------------------------------------------------------------

project = "Insights"
author = "Insights"
# Whose the texts are, as feeds say it. Without a year: Sphinx would put that of the build in its place.
copyright = f"© {author}"
language = "en"
html_title = project

# The address of the published site, said once. A build for another host sets INSIGHTS_BASE_URL.
html_baseurl = (os.environ.get("INSIGHTS_BASE_URL") or "https://insights.example/").rstrip("/") + "/"

# What feeds and link previews say of it.
insights_description = "Technical writing for people building serious systems."

# The name in which feeds and essays are identified, for ever: a domain that is yours, and a year in which it was (RFC 4151).
insights_tag_authority = "insights.example,2026"

# Where "Start a project" writes to. A site with a real address refuses to be built with a placeholder here.
insights_email = os.environ.get("INSIGHTS_EMAIL") or "hello@insights.example"

# Where the texts are kept, such as "https://github.com/OWNER/NAME": each essay then says where to suggest an edit.
insights_repository = os.environ.get("INSIGHTS_REPOSITORY", "")

# Such as "max-age=31536000": browsers then refuse for a year to ask this host for anything without TLS, and nobody can undo it.
insights_hsts = ""

# -- What is a page -----------------------------------------------------------

# A positive list, so that a README or a note can never become one.
include_patterns = ["index.md", "about.md", "start.md", "subscribe.md", "glossary.md", "404.md", "essays/*/index.md"]
# Folders that are never read: to look through them costs a third of a second a build.
exclude_patterns = [".*", "_*", "tests"]

# -- What makes it ------------------------------------------------------------

extensions = [
    # ours, in _ext/, and to be first: what the others do slowly, done otherwise; without it the site is the same
    "insights_speed",
    # Sphinx's neighbours
    "ablog",
    "myst_parser",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    # ours, in _ext/
    "insights",
]
nitpicky = True
# Pages are reached from lists, cards and the sidebar; there is no table of contents of the whole.
suppress_warnings = [
    "toc.not_included",
    # Each essay lists its own references, so that two essays may cite one source.
    "bibtex.duplicate_citation",
    "bibtex.duplicate_label",
]

# -- Essays -------------------------------------------------------------------

# The only categories, each with the paragraph that opens its page.
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

# Addresses that have moved, from the old to the new: {"/essays/old-name/": "/essays/new-name/"}.
insights_redirects: dict[str, str] = {}

# The names of essays that may hold HTML. Somebody should have read it: only the policy of its page and the scan still hold it.
insights_html: list[str] = []

# The day for which the site is built, as YYYY-MM-DD, to repeat a build; else today, in UTC.
insights_today = os.environ.get("INSIGHTS_TODAY", "")

blog_title = project
blog_baseurl = html_baseurl
blog_path = "essays"
blog_post_pattern = "essays/*/index.md"
post_auto_excerpt = 0
# ABlog's own feed has relative links and the clock of the build in it.
blog_feed_templates = {}
# ABlog's page.html would shadow Furo's, and make every page an error page. Ours are in _templates/ablog/.
skip_injecting_base_ablog_templates = True

# -- Markdown -----------------------------------------------------------------

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 6
# Footnotes stand below a heading instead.
myst_footnote_transition = False
# The speed behind "N min read": words of prose, without code and numbers.
myst_words_per_minute = 200

bibtex_bibfiles = ["essays/references.bib"]
bibtex_default_style = "insights"
bibtex_reference_style = "label"
bibtex_cite_id = "reference-{key}"

# Quotes and dashes are typed as they are printed, and `make check` sees to it.
smartquotes = False

# -- Look ---------------------------------------------------------------------

templates_path = ["_templates"]
html_theme = "furo"
html_favicon = "_static/mark.svg"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/catalogue.html",
    ]
}
html_math_renderer = "mathml"

# What a publication does not need of a manual.
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False

# -- Links to other sites -----------------------------------------------------

linkcheck_ignore = [html_baseurl]
# What is cited is a page; its sections move, and some servers show them only to a browser.
linkcheck_anchors = False
