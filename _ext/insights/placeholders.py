"""Hosts that stand for nothing real: a site, an address or an identity with one is not ready to be published."""

#: Names that RFC 2606 reserves for examples, and names of the local machine.
EXAMPLES = frozenset({"example", "example.com", "example.net", "example.org", "test", "invalid", "localhost", "127.0.0.1"})


def is_placeholder(host: str) -> bool:
    """Whether ``host`` is a placeholder, or a subdomain of one.

    >>> [is_placeholder(host) for host in ("insights.example", "www.example.org", "counterexample.org", "")]
    [True, True, False, True]
    """
    return host == "" or host in EXAMPLES or any(host.endswith(f".{name}") for name in EXAMPLES)
