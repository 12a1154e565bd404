"""The contract: what becomes of the settings of Sphinx, Furo, ABlog, MyST, sphinx-design and sphinxcontrib-bibtex.

A setting that is in no table here, and belongs to one of these packages, is reported as one that may have no effect.
"""

from typing import NamedTuple


class Limit(NamedTuple):
    """The values that a setting may have, of which the first is used in place of others, and why it may have no others."""

    allowed: tuple[object, ...]
    why: str


#: Settings that work as their documentation says.
WORKING = frozenset({
    "author", "copyright", "exclude_patterns", "extensions", "include_patterns", "language", "needs_extensions",
    "needs_sphinx", "nitpick_ignore", "nitpick_ignore_regex", "nitpicky", "project", "project_copyright", "release",
    "root_doc", "show_warning_types", "suppress_warnings", "templates_path", "tls_cacerts", "tls_verify",
    "user_agent", "version", "highlight_language", "highlight_options", "manpages_url", "math_eqref_format",
    "math_number_all", "numfig", "numfig_format", "pygments_dark_style", "pygments_style", "smartquotes",
    "smartquotes_action", "smartquotes_excludes", "today", "today_fmt", "add_function_parentheses",
    "add_module_names", "maximum_signature_line_length", "modindex_common_prefix", "option_emphasise_placeholders",
    "primary_domain", "strip_signature_backslash", "trim_doctest_flags", "trim_footnote_reference_space",
    "toc_object_entries", "toc_object_entries_show_parents", "default_role", "rst_epilog", "rst_prolog",
    "source_suffix", "html_additional_pages", "html_baseurl", "html_codeblock_linenos_style", "html_compact_lists",
    "html_context", "html_copy_source", "html_css_files", "html_domain_indices", "html_extra_path", "html_favicon",
    "html_js_files", "html_last_updated_fmt", "html_logo", "html_permalinks", "html_permalinks_icon",
    "html_scaled_image_link", "html_short_title", "html_show_copyright", "html_show_sourcelink", "html_show_sphinx",
    "html_sidebars", "html_sourcelink_suffix", "html_split_index", "html_static_path", "html_theme_options",
    "html_title", "html_use_index", "blog_baseurl", "blog_feed_subtitle", "blog_path", "blog_title",
    "post_date_format", "post_show_prev_next", "bibtex_bibfiles", "bibtex_cite_id", "bibtex_encoding",
    "bibtex_footcite_id", "bibtex_foot_reference_style", "bibtex_footbibliography_header",
    "bibtex_footbibliography_id", "bibtex_tooltips", "bibtex_tooltips_style", "sd_card_legacy_separators",
    "sd_custom_directives", "sd_fontawesome_version", "sd_tabs_storage_prefix",
})  # fmt: skip
#: What the names of settings begin with that work, unless a table below has them.
WORKING_PREFIXES = ("insights_", "linkcheck_", "c_", "cpp_", "javascript_", "python_", "myst_")
#: Settings that can have some values only.
LIMITS = {
    "html_theme": Limit(("furo",), "the templates of the publication fill blocks of Furo"),
    "html_math_renderer": Limit(("mathml",), "formulas are MathML, which needs no script; the content policy blocks others"),
    "html_output_encoding": Limit(("utf-8", "UTF-8"), "feeds, the search and hosts expect pages in UTF-8"),
    "html_file_suffix": Limit((None, ".html"), "the addresses of pages are folders, such as /essays/SLUG/"),
    "html_link_suffix": Limit((None,), "the addresses of pages are folders, such as /essays/SLUG/"),
    "html_style": Limit((None,), "the style sheet of the publication replaces that of the theme; add yours to html_css_files"),
    "template_bridge": Limit((None,), "the templates of the publication are Jinja templates"),
    "keep_warnings": Limit((False,), "a message of the build must not reach readers"),
    "show_authors": Limit((False,), "the directives that it shows are those of reStructuredText; write the author in the text"),
    "skip_injecting_base_ablog_templates": Limit((True,), "ABlog's page.html makes every page an error page with Furo"),
    "blog_feed_templates": Limit(({},), "the publication writes its feeds itself: Atom, RSS and JSON Feed"),
    "blog_feed_fulltext": Limit((False, True), "entries have the whole essay"),
    "blog_feed_titles": Limit((None, False), "entries have the whole essay"),
    "blog_feed_length": Limit((None,), "a feed has the newest essays, and links to its archive, which has all others"),
    "blog_feed_archives": Limit((False,), "there is a feed of each category; years and tags have none"),
    "blog_post_pattern": Limit(("essays/*/index.md", ["essays/*/index.md"]), "an essay is a folder in essays/ with an index.md"),
    "blog_archive_titles": Limit((None, False), "lists show cards"),
    "blog_authors": Limit(({},), "essays are signed by the author of conf.py"),
    "blog_default_author": Limit((None,), "essays are signed by the author of conf.py"),
    "blog_locations": Limit(({},), "essays have no location; write it in the text"),
    "blog_default_location": Limit((None,), "essays have no location; write it in the text"),
    "blog_languages": Limit(({},), "essays are in the language of conf.py"),
    "blog_default_language": Limit((None,), "essays are in the language of conf.py"),
    "post_auto_excerpt": Limit((1, 0), "lists and feeds show the summary of the front matter"),
    "post_auto_image": Limit((0,), "cards have no picture, but that of the featured essay shows its first chart"),
    "post_auto_orphan": Limit((True,), "essays are listed by their dates, and in no table of contents"),
    "post_always_section": Limit((False,), "an essay is listed by its title"),
    "post_redirect_refresh": Limit((5,), "redirects are written in insights_redirects, and work at once"),
    "post_date_format_short": Limit(("%d %B",), "lists show month and year; post_date_format sets the dates of pages"),
    "myst_html_meta": Limit(({},), "the front matter describes a page; write elements of every head in _templates/head.html"),
    "disqus_shortname": Limit((None,), "comments would load scripts of another host, which the content policy blocks"),
    "disqus_pages": Limit((False,), "comments would load scripts of another host, which the content policy blocks"),
    "disqus_drafts": Limit((True, False), "comments would load scripts of another host, which the content policy blocks"),
    "fontawesome_link_cdn": Limit((None,), "the content policy blocks style sheets and fonts of other hosts"),
    "fontawesome_included": Limit((False,), "no template of the publication shows these icons"),
    "fontawesome_css_file": Limit(("",), "no template of the publication shows these icons; add the file to html_css_files"),
    "sd_fontawesome_source": Limit(
        ("none",), "the content policy blocks what is on other hosts; put the style sheet and its fonts in _static/"
    ),
    "bibtex_default_style": Limit(("insights",), "the list of references is made in the style of the publication"),
    "bibtex_reference_style": Limit(("label",), "a citation shows the number of its source in the list of references"),
}
#: Settings that have no effect, and why; a * stands for the rest of a name.
IDLE = {
    "html_search_*": "the search of the publication is its own",
    "html_show_search_summary": "the search of the publication is its own",
    "html_use_opensearch": "the search of the publication is its own",
    "html_last_updated_use_utc": "the day is that of the last change, in UTC, not that of the build",
    "html_secnumber_suffix": "sections have no numbers",
    "html_theme_path": "the theme is Furo, which is a package",
    "html4_writer": "pages are HTML 5",
    "mathjax*": "formulas are MathML",
    "math_numfig": "sections have no numbers",
    "math_numsep": "sections have no numbers",
    "numfig_secnum_depth": "sections have no numbers",
    "myst_mathjax_classes": "formulas are MathML",
    "sd_fontawesome_cdn_url": "the content policy blocks what is on other hosts",
    "sd_fontawesome_latex": "the publication is built as a site only",
    "bibtex_bibliography_*": "the list of references is headed References",
    "locale_dirs": "the publication has one language",
    "figure_language_filename": "the publication has one language",
    "translation_progress_classes": "the publication has one language",
    "gettext_*": "the publication has one language",
    **dict.fromkeys(
        ("applehelp_*", "devhelp_*", "epub_*", "htmlhelp_*", "latex_*", "man_*", "qthelp_*", "singlehtml_*", "texinfo_*",
         "text_*", "xml_*"), "the publication is built as a site only",
    ),
}  # fmt: skip
#: What the names of the settings of these packages begin with.
PREFIXES = ("html_", "pygments_", "blog_", "post_", "disqus_", "fontawesome_", "myst_", "sd_", "bibtex_", "insights_")
#: Extensions that do what the publication does, or that its content policy keeps from working.
EXTENSIONS = {
    "sphinxext.opengraph": "the publication has link previews of its own",
    "sphinx_sitemap": "the publication has a sitemap of its own",
    "notfound.extension": "the publication has a page 404.md of its own",
    "sphinx_copybutton": "code blocks have a copy button already",
    "sphinx.ext.mathjax": "formulas are MathML",
    "sphinx.ext.imgmath": "formulas are MathML",
    "sphinxcontrib.mermaid": "the publication draws diagrams in Mermaid itself",
    "sphinxcontrib.youtube": "its frames are of another host, which the content policy blocks; link to the video",
    "sphinxcontrib.video": "the content policy has no place for videos; link to the file",
    "furo": "it is a theme, which html_theme names",
}

#: Options of Furo that work, each with the type of its value.
OPTIONS: dict[str, tuple[type, ...]] = {
    "announcement": (str,), "light_css_variables": (dict,), "dark_css_variables": (dict,), "light_logo": (str,),
    "dark_logo": (str,), "sidebar_hide_name": (bool,), "footer_icons": (list, tuple), "top_of_page_buttons": (list, tuple),
    "source_repository": (str,), "source_branch": (str,), "source_directory": (str,), "source_edit_link": (str,),
    "source_view_link": (str,), "navigation_with_keys": (bool,),
}  # fmt: skip
#: Options that have no effect, and why.
IDLE_OPTIONS = {
    "top_of_page_button": "write top_of_page_buttons instead, such as [] for none",
    "enable_search_shortcuts": "the key / always moves to the search",
    **dict.fromkeys(
        ("nosidebar", "sidebarwidth", "body_min_width", "body_max_width", "globaltoc_collapse", "globaltoc_includehidden",
         "globaltoc_maxdepth"), "it is an option of Sphinx's own themes, not of Furo",
    ),
}  # fmt: skip
