"""Keys and tokens are found in whatever file they are, and nothing else is taken for one."""

from __future__ import annotations

import base64
import random
import string

import pytest
from conftest import ROOT
from insights.cache import Store
from insights.publish.rules import SECRETS, ScanRule, scan_rules
from insights.settings import read_settings

CHANCE = random.Random(16)
LETTERS, HEX, CAPITALS = string.ascii_letters + string.digits, "0123456789abcdef", string.ascii_uppercase + string.digits


def some(length: int, of: str = LETTERS) -> str:
    return "".join(CHANCE.choices(of, k=length))


BODY = f"MIIEpAIBAAKCAQEA{some(48)}"
CLAIMS = base64.urlsafe_b64encode(b'{"sub":"ada","iat":1700000000}').decode().rstrip("=")
#: Made anew, so that no program that looks for secrets finds one in this file.
FOUND = {
    "Amazon": f"AKIA{some(16, CAPITALS)}", "Amazon, its secret": f'AWS_SECRET_ACCESS_KEY="{some(40)}"',
    "GitHub": f"ghp_{some(36)}",
    "GitHub, in an address": f"https://ghp_{some(36)}@github.com/a/b", "GitHub, new": f"github_pat_{some(22)}_{some(59)}",
    "GitLab": f"glpat-{some(20)}", "Slack": f"xoxb-{some(12, string.digits)}-{some(12, string.digits)}-{some(24)}",
    "Slack, a hook": f"https://hooks.slack.com/services/T{some(8, CAPITALS)}/B{some(8, CAPITALS)}/{some(24)}",
    "Stripe": f"sk_live_51{some(97)}", "Google": f"AIza{some(35)}", "npm": f"npm_{some(36)}",
    "SendGrid": f"SG.{some(22)}.{some(43)}",
    "PyPI": f"pypi-AgEIcHlwaS5vcmc{some(100)}", "JWT": f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{CLAIMS}.{some(43)}",
    "Hugging Face": f"hf_{some(34, string.ascii_letters)}", "Anthropic": f"sk-ant-api03-{some(95)}",
    "Twilio": f"SK{some(32, HEX)}",
    "a key": f"-----BEGIN PRIVATE KEY-----\n{BODY}", "a key of RSA": f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}",
    "a key of SSH": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}",
    "a key in a string": f'"-----BEGIN EC PRIVATE KEY-----\\n{BODY}"',
    "an encrypted key": f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F\n\n{BODY}",
    "a key of PGP": f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{BODY}",
}  # fmt: skip
SAMPLE = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36"
PASSED = (
    "AKIAIOSFODNN7EXAMPLE", SAMPLE, f"ghp_{'x' * 36}", "ghp_…", "xoxb-your-token-here", f"sha256:{some(64, HEX)}", some(40, HEX),
    f"ssh-rsa AAAAB3NzaC1yc2E{some(200)}", f"-----BEGIN PUBLIC KEY-----\n{BODY}", f"-----BEGIN CERTIFICATE-----\n{BODY}",
    "A file that begins with `-----BEGIN PRIVATE KEY-----` is a key.",
    "-----BEGIN RSA PRIVATE KEY-----\n…\n-----END RSA PRIVATE KEY-----",
    "postgres://user:password@db.a.org/x", 'password = "hunter2"', "550e8400-e29b-41d4-a716-446655440000", "eyJ.x", "sk-learn",
)  # fmt: skip


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> list[ScanRule]:
    store = Store(tmp_path_factory.mktemp("store"))
    return [rule for rule in scan_rules(ROOT, read_settings(ROOT), [], store) if rule.scope == SECRETS]


def found(rules: list[ScanRule], text: str) -> list[str]:
    held = [rule for rule in rules if rule.applies_to(text.encode())]
    return [rule.shown(match) for rule in held for match in rule.pattern.finditer(text) if not rule.allowed(match)]


@pytest.mark.parametrize("name", FOUND)
def test_a_secret_is_found_and_not_repeated_in_the_message(rules: list[ScanRule], name: str) -> None:
    shown = found(rules, f"Here is {FOUND[name]} for you.")
    assert shown
    assert all(FOUND[name] not in words and words.endswith("…") for words in shown)


@pytest.mark.parametrize("text", PASSED)
def test_what_documentation_shows_and_what_only_looks_random_is_no_secret(rules: list[ScanRule], text: str) -> None:
    assert found(rules, f"Here is {text} for you.") == []


def test_no_file_of_ours_has_a_secret(rules: list[ScanRule]) -> None:
    files = [path for pattern in ("*.md", "essays/*/*.*", "_ext/**/*.py", "tests/**/*.py") for path in ROOT.glob(pattern)]
    assert [path for path in files if found(rules, path.read_text(encoding="utf-8"))] == []
