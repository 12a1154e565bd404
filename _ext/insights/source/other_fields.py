"""Fields that the front matter of Sphinx and of other generators has and ours has not: why, or what to write instead."""

_BY_NAMES = {
    "orphan": "essays are listed by their dates, and in no table of contents; remove it",
    "tocdepth hide-toc toc": "a text with headings has an outline beside it; remove it",
    "hide-navigation": "all pages have the same navigation; remove it",
    "no-search nosearch": "the search has every page; remove it, or write draft: true",
    "myst": "write substitutions as myst_substitutions in conf.py, and the description of the page as summary",
    "html_meta substitutions": "write substitutions as myst_substitutions in conf.py, and the description of the page as summary",
    "jupytext kernelspec": "a text is no notebook; write results in the model, and remove it",
    "author authors": "essays are signed by the author of conf.py; name others in the text",
    "description excerpt subtitle abstract": "write summary, in one or two sentences",
    "categories": "an essay has one category; write category",
    "keywords topics": "write tags, from those in conf.py",
    "series": "link to the other essays of a series in the text, or name them in related",
    "language lang locale": "essays are in the language of conf.py; remove it",
    "location": "essays have no location; write it in the text",
    "image images cover thumbnail banner": "the build draws the picture of link previews; show yours in the text: ![alt](file)",
    "redirect redirect_from aliases": "write old addresses in insights_redirects in conf.py",
    "slug permalink url": "the name of the folder is the address; rename the folder, if nobody has read the essay",
    "layout template type blogpost": "every folder in essays/ is an essay, and looks like the others; remove it",
    "weight order nav_order": "essays are listed by their dates; remove it",
    "published exclude": "write draft: true to hide an essay",
    "updated lastmod modified last_modified_at": "write revisions, with a date and a note of what changed",
    "comments nocomments": "essays have no comments; remove it",
    "math mathjax katex": "nothing has to be switched on; remove it",
    "canonical_link canonical_url canonicalURL canonicalUrl canonical external_link original_url source_url": (
        "write original, the address where the text appeared first"
    ),
    "bibliography": "sources are in essays/references.bib",
}
#: Why each of these fields has no effect.
OTHER_FIELDS = {name: why for names, why in _BY_NAMES.items() for name in names.split()}
