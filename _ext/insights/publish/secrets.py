"""Keys and tokens that open something for whoever reads them: their formats, none of which a word or a digest has by chance.

Most are those of detect-secrets, which its modules below have; the others have come since, as their issuers document them.
Nothing is guessed from how random a text looks.
"""

import re
from collections.abc import Iterator
from importlib import import_module, metadata
from itertools import product

from insights.cache import Store

LIBRARY = "detect-secrets"
#: The name of Amazon's service in any case.
AWS = tuple(map("".join, product("aA", "wW", "sS")))
#: The modules of detect-secrets whose formats are looked for, with what each match of them has in it. Others look for words such
#: as `password`, for random letters, or for formats that ordinary words have.
MODULES = {
    "aws": ("A3T", "ABIA", "ACCA", "AKIA", "ASIA", *AWS), "azure_storage_key": ("AccountKey=",),
    "discord": (".",), "github_token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), "mailchimp": ("-us",),
    "gitlab_token": ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "GR1348941",
        "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-"),
    "jwt": ("eyJ",), "npm": ("_authToken",), "openai": ("sk-",), "pypi_token": ("pypi-",),
    "sendgrid": ("SG.",), "slack": ("xox", "hooks.slack.com"), "square_oauth": ("sq0csp-",), "stripe": ("k_live_",),
    "telegram_token": (":",), "twilio": ("AC", "SK"),
}  # fmt: skip
#: Formats that detect-secrets lacks: whose it is, how it begins, and the rest.
OTHERS = (
    ("1Password", "ops_eyJ", r"[\w+/=-]{100,}"), ("age", "AGE-SECRET-KEY-1", r"[0-9A-Z]{58}"),
    ("Anthropic", "sk-ant-", r"[\w-]{80,}"), ("Atlassian", "ATATT3", r"[\w=-]{100,}"),
    ("Databricks", "dapi", r"[0-9a-f]{32}(?:-\d)?"), ("DigitalOcean", "dop_v1_", r"[0-9a-f]{64}"),
    ("DigitalOcean", "doo_v1_", r"[0-9a-f]{64}"), ("Discord", "discord.com/api/webhooks/", r"\d{17,20}/[\w-]{60,}"),
    ("Docker", "dckr_pat_", r"[\w-]{27}"), ("Doppler", "dp.pt.", r"[0-9A-Za-z]{40,44}"), ("GitHub", "github_pat_", r"\w{82}"),
    ("Google", "AIza", r"[\w-]{35}"), ("Google", "GOCSPX-", r"[\w-]{28}"), ("Google", "ya29.", r"[\w-]{60,}"),
    ("Grafana", "glsa_", r"[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}"), ("Grafana", "glc_eyJ", r"[\w+/=]{32,}"),
    ("HashiCorp", "hvs.", r"[\w-]{90,}"), ("Heroku", "HRKU-AA", r"[\w-]{58}"), ("Hugging Face", "hf_", r"[A-Za-z]{34}"),
    ("Linear", "lin_api_", r"[0-9A-Za-z]{40}"), ("Notion", "ntn_", r"\d{11}[0-9A-Za-z]{35}"),
    ("npm", "npm_", r"[0-9A-Za-z]{36}"), ("OpenAI", "sk-proj-", r"[\w-]{40,}"),
    ("PlanetScale", "pscale_", r"(?:tkn|pw|oauth)_[\w.-]{32,}"), ("Postman", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}"),
    ("Pulumi", "pul-", r"[0-9a-f]{40}"), ("RubyGems", "rubygems_", r"[0-9a-f]{48}"), ("Sentry", "sntrys_eyJ", r"[\w+/=]{60,}"),
    ("Sentry", "sntryu_", r"[0-9a-f]{64}"), ("Shopify", "shp", r"(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}"),
    ("Slack", "xapp-", r"\d-[A-Z0-9]+-\d+-[0-9a-z]+"), ("Slack", "xoxe", r"(?:\.xox[bp])?-\d-[0-9A-Za-z]{100,}"),
    ("Stripe", "whsec_", r"[0-9A-Za-z+/=]{32,}"), ("Supabase", "sbp_", r"[0-9a-f]{40}"),
    ("Tailscale", "tskey-", r"[a-z]+-[0-9A-Za-z]+-[0-9A-Za-z]{20,}"),
)  # fmt: skip
#: The first lines of private keys, of which detect-secrets has some, and what follows one in a file, a string or a page.
KEY = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----|PuTTY-User-Key-File-\d:"
BODY = re.compile(r"(?:\\[nr]|[\s\"'+,>]|[\w-]+: [^\n\\]*(?:\n|\\n))*[\w+/=]{16}")
STARTING = r"(?<![0-9A-Za-z_]){}"
#: The token that jwt.io shows, and what the documentation of Amazon writes in its keys.
SAMPLES = ("eyJzdWIiOiIxMjM0NTY3ODkw", "EXAMPLE")
#: An example such as ghp_xxxx has fewer different characters than a token.
VARIED = 8


def formats(store: Store) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each format of a secret: whose it is, its pattern, and what each match of it has in it.

    A ``store`` keeps those of detect-secrets, which takes a tenth of a second to load.
    """
    version = metadata.version(LIBRARY)
    kept, found = store.read("secret_formats", ("", []))
    if kept != version:
        found = list(_of_library())
        store.write("secret_formats", (version, found))
    yield from found
    yield "Private Key", KEY, ("PRIVATE", "PuTTY")
    for issuer, start, rest in OTHERS:
        yield f"{issuer} Token", STARTING.format(f"{re.escape(start)}{rest}(?![0-9A-Za-z])"), (start,)


def _of_library() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    from detect_secrets.plugins.base import RegexBasedDetector

    for name, parts in MODULES.items():
        module = import_module(f"detect_secrets.plugins.{name}")
        for detector in vars(module).values():
            if isinstance(detector, type) and issubclass(detector, RegexBasedDetector) and detector.__module__ == module.__name__:
                found: RegexBasedDetector = detector()
                patterns = "|".join(
                    f"(?{'i' * (name == 'aws' and bool(p.flags & re.IGNORECASE))}:{p.pattern})" for p in found.denylist
                )
                yield str(found.secret_type), STARTING.format(f"(?:{patterns})"), parts


def is_example(match: re.Match[str]) -> bool:
    """Whether what looks like a secret is one that documentation shows, or has too few different characters to be one."""
    if re.fullmatch(KEY, match[0]):
        return not match[0].startswith("PuTTY") and BODY.match(match.string, match.end()) is None  # quoted, it opens nothing
    if match[0].startswith("eyJ"):
        from detect_secrets.plugins.jwt import JwtTokenDetector

        if not JwtTokenDetector.is_formally_valid(match[0]):
            return True
    return any(sample in match[0] for sample in SAMPLES) or len(set(match[0][4:])) < VARIED
