"""The only module that knows ABlog: it fills ABlog's registry with the essays, and takes the lists of essays from it.

By itself ABlog reads posts from docinfo, compares dates with the clock, copies each text for its own feed, and writes archive
pages that hold drafts. Here it gets each post from the checked front matter, and writes nothing.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import datetime, time

import ablog.blog
import ablog.post
from ablog.blog import Blog, slugify
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from .essay import Essay

logger = logging.getLogger(__name__)

#: Directives of ABlog that would repeat what front matter says, and what to do instead.
REFUSED = {
    "post": "the front matter of an essay says all that a post is",
    "postlist": "the pages of categories and tags list essays",
    "update": "write an entry of `revisions` in the front matter",
}
#: Kinds of lists, and the catalogs of ABlog that they are there.
KINDS = {"Category": "category", "Tag": "tags", "Year": "archive"}
#: What ABlog asks of a post and this publication does not use.
UNUSED = {
    "section": "", "order": 1, "excerpt": [], "author": [], "location": [], "language": [], "nocomments": False,
    "canonical_link": None, "external_link": None, "doctree": None,
}  # fmt: skip


def keep_labels(app: Sphinx, docnames: Container[str]) -> None:
    """Let the labels of ABlog lead to the feed, and to pages that are here: to none of all tags, or of drafts."""
    references = Blog(app).references
    references["blog-feed"] = ("atom.xml", references["blog-feed"][1])
    for label, (docname, _) in list(references.items()):
        if docname != "atom.xml" and docname not in docnames:
            del references[label]


def labelled_pages(app: Sphinx) -> dict[str, str]:
    """The pages to which the labels of ABlog lead, such as ``tag-latency``."""
    return {label: docname for label, (docname, _) in Blog(app).references.items()}


def register_posts(app: Sphinx, essays: Iterable[Essay]) -> None:
    """Fill ABlog's registry with ``essays``, which are all to be shown: it would hide those dated after its import."""
    ablog.blog.TOMORROW = datetime.max
    for essay in essays:
        moment, lists = datetime.combine(essay.published, time()), {"category": [essay.category], "tags": list(essay.tags)}
        Blog(app).register(essay.docname, {**UNUSED, **lists, "title": essay.title, "date": moment, "update": moment})


def collections(app: Sphinx) -> Iterator[tuple[str, str, str, set[str]]]:
    """Every category, tag and year that has essays: kind, name, docname of its page, docnames of its essays."""
    for kind, catalog in KINDS.items():
        for collection in getattr(Blog(app), catalog):
            if docnames := {post.docname for post in collection}:
                yield kind, str(collection), collection.docname, docnames


def term_slug(term: str) -> str:
    """The last part of the address of a category or tag."""
    return str(slugify(term))


def all_docname(app: Sphinx) -> str:
    """The page of all essays."""
    return str(Blog(app).blog_path)


def collection_docname(app: Sphinx, kind: str, name: str) -> str:
    """The page of a category, tag or year. From then on, texts can link to it by ABlog's labels, such as ``tag-latency``."""
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


def setup(app: Sphinx) -> None:
    """Take away from ABlog what it reads and writes."""
    app.setup_extension("ablog")
    # It keeps nothing of a text that it does not read, so texts may be read in parallel; it declares that they may not.
    app.extensions["ablog"].parallel_read_safe = True
    for event, handler in (
        ("env-purge-doc", ablog.post.purge_posts),
        ("doctree-read", ablog.post.process_posts),
        ("html-collect-pages", ablog.post.generate_archive_pages),
    ):
        app.disconnect(next(listener.id for listener in app.events.listeners[event] if listener.handler is handler))
    for name in REFUSED:
        app.add_directive(name, RefusedDirective, override=True)
