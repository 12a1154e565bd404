"""The only module that knows ABlog: it hands ABlog the posts, and takes the addresses of its catalogs from it.

By itself ABlog reads posts from docinfo, compares dates with the clock, copies each text for its own feed, and writes archive
pages that hold drafts. Here it gets each post from the checked front matter, with the day of the build, and writes nothing.
"""

from datetime import date as Day
from datetime import datetime, time, timedelta
from typing import Any

import ablog.blog
import ablog.post
from ablog.blog import Blog, slugify
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from insights.source import FrontMatter, essay_slug

from .essay import FRONT_MATTER

logger = logging.getLogger(__name__)

#: Directives of ABlog that would repeat what front matter says, and what to do instead.
REFUSED = {
    "post": "the front matter of an essay says all that a post is",
    "postlist": "the pages of categories and tags list essays",
    "update": "write an entry of `revisions` in the front matter",
}
#: What ABlog asks of a post and this publication does not use.
UNUSED: dict[str, Any] = {
    "section": "", "order": 1, "excerpt": [], "author": [], "location": [], "language": [], "redirect": [], "nocomments": False,
    "image": None, "exclude": False, "canonical_link": None, "external_link": None, "doctree": None,
}  # fmt: skip
#: Kinds of lists, and the catalogs of ABlog that they are there.
KINDS = {"Category": "category", "Tag": "tags", "Year": "archive"}


def set_day(today: Day, *, preview: bool) -> None:
    """Have ABlog take posts up to ``today`` for published; in a preview, all."""
    ablog.blog.TOMORROW = datetime.max if preview else datetime.combine(today + timedelta(days=1), time())


def note_post(app: Sphinx, doctree: nodes.document) -> None:
    """Note the text that has been read as a post, in place of ABlog's own reader."""
    env, docname = app.env, app.env.docname
    slug, front_matter = essay_slug(docname), env.metadata[docname].get(FRONT_MATTER)
    title = doctree.next_node(nodes.title)
    if front_matter is None or slug is None or title is None:
        return
    words = title.astext()
    # ABlog gives each post a label, by which {ref} finds it.
    env.domains.standard_domain.labels[slug] = docname, slug, words
    env.domains.standard_domain.anonlabels[slug] = docname, slug
    posts(env)[docname] = [_post(docname, words, front_matter)]


def _post(docname: str, title: str, front_matter: FrontMatter) -> dict[str, Any]:
    moment = datetime.combine(front_matter.date, time())
    labels = {"category": [front_matter.category], "tags": list(front_matter.tags)}
    return {**UNUSED, "docname": docname, "title": title, "date": moment, "update": moment, **labels}


def posts(env: BuildEnvironment) -> dict[str, list[dict[str, Any]]]:
    """The posts of each text, as ABlog keeps them in the environment."""
    if not hasattr(env, "ablog_posts"):
        env.ablog_posts = {}  # type: ignore[attr-defined]
    found: dict[str, list[dict[str, Any]]] = env.ablog_posts  # type: ignore[attr-defined]
    return found


def merge_posts(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Take over the posts that another process has read; ABlog knows of one process only."""
    theirs = posts(other)
    posts(env).update({docname: theirs[docname] for docname in docnames if docname in theirs})


def published_posts(app: Sphinx) -> list[tuple[str, str]]:
    """Docname and title of every published post, once every text has been read."""
    blog = Blog(app)
    if not blog:
        ablog.post.register_posts(app)
    return [(post.docname, post.title) for post in blog.posts if post.docname in app.env.found_docs]


def collections(app: Sphinx) -> list[tuple[str, str, str, set[str]]]:
    """Every category, tag and year with posts: kind, name, docname of its page, and the docnames of its posts."""
    blog = Blog(app)
    return [
        (kind, str(collection), collection.docname, {post.docname for post in collection})
        for kind, catalog in KINDS.items()
        for collection in getattr(blog, catalog)
        if len(collection)
    ]


def term_slug(term: str) -> str:
    """The last part of the address of a category or tag."""
    return str(slugify(term))


def all_docname(app: Sphinx) -> str:
    """The page of all essays."""
    return str(Blog(app).blog_path)


def collection_docname(app: Sphinx, kind: str, name: str) -> str:
    """The page of a category, tag or year, whether or not it has posts."""
    docname: str = getattr(Blog(app), KINDS[kind])[int(name) if kind == "Year" else name].docname
    return docname


class RefusedDirective(SphinxDirective):
    """A directive of ABlog that the publication does without."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Report what to do instead."""
        logger.error("the directive {%s} has no place here; %s", self.name, REFUSED[self.name], location=self.get_location())
        return []


def replace_handler(app: Sphinx, event: str, old: object, new: object) -> None:
    """Disconnect the handler ``old`` from ``event``, and connect ``new`` instead."""
    app.disconnect(next(listener.id for listener in app.events.listeners[event] if listener.handler is old))
    app.connect(event, new)  # type: ignore[call-overload]


def setup(app: Sphinx) -> None:
    """Put our handlers in the place of ABlog's."""
    app.setup_extension("ablog")
    # With what is merged here, ABlog may read in parallel; it declares that it may not.
    app.extensions["ablog"].parallel_read_safe = True
    replace_handler(app, "doctree-read", ablog.post.process_posts, note_post)
    replace_handler(app, "html-collect-pages", ablog.post.generate_archive_pages, lambda app: [])
    app.connect("env-merge-info", merge_posts)
    for name in REFUSED:
        app.add_directive(name, RefusedDirective, override=True)
