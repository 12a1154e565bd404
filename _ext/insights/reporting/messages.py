"""What Sphinx, MyST and docutils report, as authors read it: what was written, what is allowed, and how to fix it.

They decide about links, citations, roles and directives, since they make the page, but their messages are for developers.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pygments.lexers import get_all_lexers

from insights.markup import SOURCE_KINDS
from insights.problems import SETTINGS, Problem, suggest, unknown_value
from insights.settings import setting_location
from insights.source import BIBLIOGRAPHY, ESSAYS_FOLDER, near_file

from .suggestions import DIRECTIVES, LANGUAGES, OTHER_DIRECTIVES, ROLES, Targets

#: Labels of ABlog for pages that this site does not have.
NO_LISTS = {
    "blog-archives", "blog-authors", "blog-categories", "blog-drafts", "blog-languages", "blog-locations", "blog-tags",
}  # fmt: skip
#: Kinds of messages about entries, which a rule of `make check` reports too.
OF_ENTRIES = {"bibtex.bibfile_data_error", "bibtex.missing_field", "bibtex.unknown_type"}
#: How to fix what has no file.
ADD_FILE = "add the file, or write its path relative to this text"
ORIGINAL = "or say in the front matter where the text appeared first: original: https://…"
OTHER_SITES = "links to other sites begin with https://"
#: From what a pattern takes out of a message, the path of the text and what it can refer to, to what the author reads.
Wording = Callable[[re.Match[str], str, Targets], str]


def explain(problem: Problem, known: Targets, root: Path) -> Problem:
    """A problem that was logged, in our words and with a line. Its own words stay if it is of a kind that has no entry here."""
    message = problem.message
    for kind, pattern, wording in MESSAGES:
        if kind == problem.kind and (match := re.fullmatch(pattern, message, re.DOTALL)):
            message = match.expand(wording) if isinstance(wording, str) else wording(match, problem.path, known)
            break
    kind = "insights.bibliography" if problem.kind in OF_ENTRIES else problem.kind
    path = BIBLIOGRAPHY if problem.kind.startswith("bibtex.") and problem.path == SETTINGS else problem.path
    about = message if path == SETTINGS else problem.message
    return problem._replace(message=message, kind=kind, path=path, line=problem.line or _line_of(about, root / path))


def _line_of(message: str, path: Path) -> int:
    """The line of a text that a message without one is about: the first that has the file or the key in it that it names."""
    setting = re.match(r"[a-z]+_\w+", message)
    if setting and path.name == SETTINGS:
        return int(setting_location(path.parent, setting[0]).rpartition(":")[2])
    name = re.split(r"[/ ]", message)[-1]
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    entries = [number for number, line in enumerate(lines, 1) if f"{{{name}," in line]
    return entries[-1] if entries else next((number for number, line in enumerate(lines, 1) if name in line), 1)


def _link(written: str, path: str, known: Targets) -> str:
    """What is wrong with the target of a link that MyST has not found."""
    target, _, anchor = written.partition("#")
    if written in ("", "#"):
        return "a link without a target; write it in the parentheses: [words](target)"
    if target.startswith(("//", "www.")):
        return f"the link target {target!r} is not an address; write 'https://{target.lstrip('/')}'"
    if scheme := re.match(r"([a-zA-Z][\w+.-]*):(?!\d)", target):
        if near := difflib.get_close_matches(scheme[1], ("https", "http"), 1):
            return suggest(f"the link target {target!r} is not an address", near[0], ("https", "http"), OTHER_SITES)
        return f"links with the scheme {scheme[1]!r} are not set up; write an address, or add it to myst_url_schemes in conf.py"
    if re.search(r"\.(?!md$)\w+$", target):
        return _no_file(f"no file {target!r} to link to", target, f"{ADD_FILE}, {ORIGINAL}", path, known)
    if "/" not in target and not target.endswith(".md"):
        return _anchor(target or anchor, path, known)
    files = {re.sub(r"^essays/|/index$", "", name): f"/{name}.md" for name in known.documents}
    name = re.sub(r"^(\.\./)+|^/essays/|^/|/?(index\.md)?$", "", target)
    if name in files:
        return f"the link target {written!r} is not a file; write {files[name]!r}, which the build turns into the address"
    near = difflib.get_close_matches(name, list(files), 1, 0.6)
    fix = "link to a file, such as '/essays/SLUG/index.md'"
    if path.startswith(f"{ESSAYS_FOLDER}/") and not re.match(r"/essays/|@/|.*\.md$", target):
        fix = f"{fix}, {ORIGINAL}"
    return suggest(f"the link target {written!r} does not exist", files[near[0]] if near else "", files.values(), fix)


def _label(match: re.Match[str], path: str, known: Targets) -> str:
    if match[1] in NO_LISTS:
        return (
            f"this site has no page '{match[1]}'; link to a list, as {{ref}}`tag-latency`, or to all essays: {{ref}}`blog-posts`"
        )
    if "/" in match[1]:
        return _link(match[1], path, known)
    if match[1] in known.anchors.get(path.removesuffix(".md"), ()):
        return f"the role {{ref}} needs a heading or figure with a name; write a link: [words](#{match[1]})"
    return _anchor(match[1], path, known)


def _no_page(match: re.Match[str], path: str, known: Targets) -> str:
    wrong = f"the link target '/{match[1]}.md' is not"
    if match[1] in known.hidden:
        return f"{wrong} published yet; remove the link until it is"
    return f"{wrong} a page; link to a page, or write the name of the file in backticks"


def _anchor(anchor: str, path: str, known: Targets) -> str:
    others = [name for name, anchors in sorted(known.anchors.items()) if anchor in anchors and name != path.removesuffix(".md")]
    if others:
        return f"{path} has no anchor '#{anchor}'; {_others(others)} it: write which, such as [words](/{others[0]}.md#{anchor})"
    allowed = known.anchors.get(path.removesuffix(".md"), ())
    fix = f"anchors there: {', '.join(allowed)}" if allowed else "that text has no anchors, so link to the text itself"
    return suggest(f"no anchor '#{anchor}' in {path}", anchor, allowed, fix)


def _others(documents: Sequence[str]) -> str:
    """The texts that have what this one has not."""
    names = [f"/{name}.md" for name in sorted(documents)]
    return f"{' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))} {'have' if len(names) > 1 else 'has'}"


def _equation(match: re.Match[str], path: str, known: Targets) -> str:
    name, others = match[1], known.equations.get(match[1], ())
    if others:
        return (
            f"no equation '{name}' in this text; {_others(others)} one: link to it, as [words](/{others[0]}.md#equation-{name})"
        )
    return f"no equation '{name}'; name one with a line `:label: {name}` in its math block"


def _option(match: re.Match[str], path: str, known: Targets) -> str:
    allowed = re.findall(r"'([\w-]+)'", match[3])
    fix = f"allowed options: {', '.join(allowed) or 'none'}"
    return suggest(f"unknown option {match[2]!r} of the directive {{{match[1]}}}", match[2], allowed, fix)


def _term(match: re.Match[str], path: str, known: Targets) -> str:
    if match[1] in known.terms:
        return (
            f"several texts define the term {match[1]!r}; define it in glossary.md or here, or write the words without the role"
        )
    fix = f"add an entry for {match[1]!r} there, or write the words without the role"
    return suggest(f"no term {match[1]!r} in glossary.md", match[1], known.terms, fix)


def _source(match: re.Match[str], path: str, known: Targets) -> str:
    return suggest(f"no source {match[1]!r} in {BIBLIOGRAPHY}", match[1], known.sources, f"add an entry for {match[1]!r} there")


def _role(match: re.Match[str], path: str, known: Targets) -> str:
    return suggest(f"unknown role {{{match[1]}}}", match[1], known.roles, f"available roles: {', '.join(ROLES)}")


def _directive(match: re.Match[str], path: str, known: Targets) -> str:
    name = match[1]
    if name in ROLES and name not in DIRECTIVES:
        return f"{{{name}}} is a role, not a directive; write it in a line: {{{name}}}`…`"
    if instead := OTHER_DIRECTIVES.get(name.partition(":")[0]):
        return f"unknown directive {{{name}}}; {instead}"
    fix = f"available directives: {', '.join(DIRECTIVES)}; write the language of code without braces"
    return suggest(f"unknown directive {{{name}}}", name, known.directives, fix)


def _download(match: re.Match[str], path: str, known: Targets) -> str:
    folder = path.rpartition("/")[0]
    name = match[1][match[1].rfind(folder) :]
    return _no_file(f"no file {name!r} to download", name, ADD_FILE, path, known)


def _picture(match: re.Match[str], path: str, known: Targets) -> str:
    return _no_file(f"no picture {match[1]!r}", match[1], f"{ADD_FILE}, or from the top with a leading /", path, known)


def _no_file(wrong: str, name: str, fix: str, path: str, known: Targets) -> str:
    """What is ``wrong`` with the ``name`` of a file, and the file beside the text at ``path`` that may be meant."""
    folder = path.rpartition("/")[0]
    near = near_file(known.root / folder, name.removeprefix(f"{folder}/")) if known.root and folder else ""
    return suggest(wrong, near, filter(None, [near]), fix)


def _language(match: re.Match[str], path: str, known: Targets) -> str:
    """Code is in a language that Pygments knows, and is what that language allows."""
    wrong = f"unknown language {match[1]!r} of a code block"
    if match[1].startswith("{") or match[1] in DIRECTIVES:
        return f"{wrong}; the name of a directive is written in braces, without spaces: ```{{math}}"
    near = difflib.get_close_matches(match[1], [alias for lexer in get_all_lexers() for alias in lexer[1]], 1, 0.8)
    return suggest(
        wrong, match[1], [*LANGUAGES, *near], "it is shown without colours; write a language that Pygments knows, or text"
    )


EQUATION_TWICE = r"the equation \1 is defined twice; rename one of the labels"
READS_A_FILE = "a directive that reads another file, which texts cannot do; copy the content into the text"
NO_NUMBERS = "the role {numref} finds no figure, table or code block with a caption of this name; link to it: [words](#NAME)"
NO_TOCTREE = "the directive {toctree} is not supported; link in the text, where it speaks of it: [words](/essays/SLUG/index.md)"
NO_REFERENCE = "nothing refers to this footnote; write its mark, [^name], in the text, or remove the footnote"
#: The messages that are explained: the kind, a pattern that only takes out what the author has written, and the wording.
MESSAGES: tuple[tuple[str, str, Wording | str], ...] = (
    ("myst.xref_missing", r"'myst' cross-reference target not found: ['\"](.*)['\"]",
        lambda match, path, known: _link(match[1], path, known)),
    ("myst.xref_missing", r"local id not found in doc '(.*)': '(.*)'",
        lambda match, path, known: _anchor(match[2], f"{match[1]}.md", known)),
    ("myst.xref_missing", r"Unknown source document '(.*)'", _no_page),
    ("myst.iref_missing", r"No matches for '([^:]*):[^:]*:[^:]*:(.*)'",
        r"no target '\2' in the inventory '\1'; write its address, or set up intersphinx_mapping in conf.py"),
    ("myst.role_unknown", r'Unknown interpreted text role "(.*)"\.', _role),
    ("myst.directive_unknown", r"Unknown directive type: '(.*)'", _directive),
    ("myst.directive_option", r"'(.*)': Unknown option key: '(.*)' \(allowed: (.*)\)", _option),
    ("myst.directive_option", r"'(.*?)': Invalid option value for '(.*?)': (.*?): .*",
        r"the option \2 of the directive {\1} cannot be '\3'; write a value from MyST's documentation, or remove it"),
    ("myst.header", r"Document headings start at H\d, not H1",
        "no title; the first heading of a text is its title, and has one #"),
    ("myst.attribute", r"emphasize_lines: out of range\(1-(\d+)\)",
        r"a line to mark that the code does not have; it has \1 lines"),
    ("myst.substitution", r"Substitution error:UndefinedError: '(.*)' is undefined",
        r"no text for {{ \1 }}; write it in myst_substitutions in conf.py, or put the braces in backticks"),
    ("myst.substitution", r"Substitution error:.*",
        "{{ … }} is replaced by a text of myst_substitutions in conf.py, and this names none; put the braces in backticks"),
    ("ref.doc", r"unknown document: '(.*)'", lambda match, path, known: _link(f"{match[1]}.md", path, known)),
    ("ref.ref", r"undefined label: '(.*)'", _label),
    ("ref.numref", r".*", NO_NUMBERS),
    ("ref.any", r"'any' reference target not found: (.*)", _label),
    ("ref.term", r"term not in glossary: '(.*)'", _term),
    ("ref.eq", r"equation not found: (.*)", _equation),
    ("ref.footnote", r"Footnote \[.*\] is not referenced\.", NO_REFERENCE),
    ("ref.footnote", r"Duplicate footnote definition found for label: '(.*)'",
        r"the footnote [^\1] is defined twice; rename one of them"),
    ("ref.equation", r"duplicate label of equation (.*), other instance in .*", EQUATION_TWICE),
    *((f"duplicate_declaration.{language}",
        r"Duplicate .* declaration, also defined at (.*):\d+\. Declaration is '\.\. \S+ (.*)'\.",
        r"'\2' is described in \1 too; write `:no-index:` below the first line of one of the two") for language in ("c", "cpp")),
    ("toc.not_readable", r".*", NO_TOCTREE),
    ("toc.excluded", r".*", NO_TOCTREE),
    ("bibtex.key_not_found", r'could not find bibtex key "(.*)"', _source),
    ("bibtex.duplicate_local_citation", r'duplicate local citation for key "(.*)"',
        r"two lists of this text have the source '\1'; write :filter: in one of them"),
    # Python names the object and where it is in memory, which is different in each build.
    ("bibtex.filter_syntax_error", r".*invalid node <ast\.(\w+) object.*",
        r"the option :filter: cannot have a \1; write a condition, such as `author % 'Dean'` or `year > '2010'`"),
    ("bibtex.filter_syntax_error", r"syntax error in :filter: expression;? ?\(?(.*?)\)?(?:; the option will be ignored)?",
        r"the option :filter: cannot be read: \1; write a condition, such as `author % 'Dean'` or `year > '2010'`"),
    ("bibtex.filter_overrides", r":filter: overrides (.*)", r"the option \1 has no effect beside :filter:; remove it"),
    ("bibtex.list_type_error", r"unknown bibliography list type '(.*)'\.",
        r"the option :list: cannot be '\1'; write citation, bullet or enumerated"),
    ("bibtex.bibfile_error", r"(.*) not found or not configured in bibtex_bibfiles",
        r"no bibliography '\1'; name none, or one of bibtex_bibfiles in conf.py"),
    ("ref.citation", r"Citation \[(.*)\] is not referenced\.",
        r"nothing refers to the source [\1]; write its mark, [\1]_, or remove it"),
    ("ref.citation", r"duplicate citation (.*), other instance in .*", r"the source [\1] is defined twice; rename one of them"),
    ("ref.ref", r"citation not found: (.*)", r"no source [\1]; write `.. [\1] …` in this {eval-rst} or another of this text"),
    ("bibtex.bibfile_data_error", r".*: repeated bibliography entry: (.*)", r"the entry \1 is defined twice; remove one"),
    ("bibtex.unknown_type", r"unknown type (.*) of .*",
        lambda match, path, known: unknown_value("kind of source", match[1], SOURCE_KINDS)),
    ("bibtex.missing_field", r"missing (\w+) in (.*)", r"the source \2 has no \1; write \1 = {…}, or make it an @misc"),
    ("myst.duplicate_def", r"Duplicate reference definition: (.*)",
        r"the address of [\1] is written before; that one holds, so remove this"),
    ("insights.code-languages", r"Pygments lexer name '(.*)' is not known", _language),
    ("insights.code-languages",
        r"Lexing literal_block .* as \"(.*)\" resulted in an error at token: (.*)\. Retrying in relaxed mode\.",
        r"the code block is called \1, but is not at \2; it is shown all the same: fix it, or call it text"),
    ("image.not_readable", r"image file not readable: (.*)", _picture),
    ("download.not_readable", r"download file not readable: (.*)", _download),
    ("sphinx", r"myst configuration invalid: 'enable_extensions' items not recognised: {(.*)}",
        r"myst_enable_extensions has \1, which MyST does not know; correct the name, or remove it"),
    ("sphinx", r"myst configuration invalid: '(\w+)' (.*)", r"myst_\1 \2; correct the setting"),
    ("sphinx", r"The config value `(\w+)' has type `(\w+)'[,;] (?:defaults to|expected) `(\w+)'\.",
        r"\1 has the type \2; write a \3"),
    ("sphinx", r"numfig is disabled\. :numref: is ignored\.|.*Any number is not assigned: .*", NO_NUMBERS),
    ("docutils", r'Unknown interpreted text role "(.*)"\.', _role),
    ("docutils", r'Unknown directive type "(.*)"\..*', _directive),
    ("docutils", r'"raw" directive disabled\.|raw \(and derived\) roles disabled.*',
        "HTML in a text; write it in Markdown, or in _templates/ if every page should have it"),
    ("docutils", r'Directive "(.*)" disabled\.|"(include)" directive disabled\.',
        r"the directive {\1\2} reads another file, which texts cannot do; copy the content into the text"),
    ("docutils", r"File insertion disabled|File and URL access deactivated.*", READS_A_FILE),
    ("docutils", r"Directive '(.*)': 1 argument\(s\) required, 0 supplied",
        r"the directive {\1} needs an argument; write it behind the braces, as in ```{chart} replicas"),
    ("docutils", r"Directive '(.*)': maximum 1 argument\(s\) allowed, \d+ supplied",
        r"the directive {\1} takes one word behind its braces; options stand below, as :caption: …; "
        r"a fence that is not to run is written ```python not run: why"),
    ("docutils", r"Directive '(.*)' cannot be mocked: .*",
        r"the directive {\1} works in reStructuredText only; write its result in Markdown"),
    ("docutils", r'Unknown target name: "(.*)"\.', r"the footnote [^\1] has no text; write `[^\1]: …` on a line of its own"),
    ("docutils", r"Too many autonumbered footnote references.*",
        "more footnote marks than footnotes; write `[^name]: …` on a line of its own for each"),
    ("docutils", r'Duplicate explicit target name: "(.*)"\.', r"the target (\1)= is defined twice; rename one of them"),
    ("docutils", r'Duplicate ID: "equation-(.*?)" used by .*', EQUATION_TWICE),
    ("docutils",
        r'Error parsing content block for the "list-table" directive: uniform .* row (\d+) .* row 1 \((\d+) vs (\d+)\)\..*',
        r"row \1 of the {list-table} has \2 of \3 cells; write a line `- ` for each, even for an empty one"),
    ("docutils", r'Error parsing content block for the "list-table" directive: .*',
        "a {list-table} is a list of rows, each a list of cells; begin a row with `* - cell`, its other cells with `  - cell`"),
    ("docutils", r'Content block expected for the "(.*)" directive; none found\.',
        r"the directive {\1} has no text in it; write it on the lines below, or remove the directive"),
)  # fmt: skip
