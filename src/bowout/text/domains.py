"""Find the organisation to which a domain belongs. Pure, but for reading the register once.

Under ``co.uk`` everybody may register a name, so ``acme.co.uk`` and ``borealis.co.uk`` are two firms. Which
endings are like that is a public register (publicsuffix.org): both its sections count, that of the registries
and that of firms whose customers get a subdomain. docs/decisions/0008-suffixes.md tells where it comes from.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

# Give every customer a subdomain, are seen in mail, and lack in the register (a test holds them against it).
SHARED_HOSTS = frozenset(
    {
        *("onmicrosoft.com", "mail.onmicrosoft.com", "onmicrosoft.us", "partner.onmschina.cn"),
        *("sharepoint.com", "service-now.com", "atlassian.net", "slack.com", "odoo.com"),
        *("zendesk.com", "freshdesk.com", "freshservice.com", "zohodesk.com", "zohodesk.eu", "kayako.com"),
        *("happyfox.com", "uservoice.com", "zammad.com", "on.spiceworks.com", "intercom-mail.com"),
        *("hs-inbox.com", "mailgun.org", "brevosend.com", "groups.io", "bitrix24.com", "bitrix24.de"),
        *("googlegroups.com", "hubspotemail.net", "my.salesforce.com", "mcsv.net", "weebly.com"),
        *("substack.com", "medium.com", "tumblr.com"),
        *("appspotmail.com", "iam.gserviceaccount.com", "helpscoutapp.com", "wordpress.com", "force.com"),
    }
)
# RFC 1035 section 2.3.4, without the dot at the end.
_LONGEST = 253
LONGEST_LABEL = 63
_NUMBERS = re.compile(r"[\d.]+")


@lru_cache(maxsize=4096)
def organisation(domain: str, more: frozenset[str] = frozenset()) -> str:
    """Find the registered domain: ``mail.acme.co.uk`` -> ``acme.co.uk``; ``more`` are further endings.

    What has no name below an ending (``nhs.uk``, ``github.io``, a single label, an IP literal, a broken
    domain) is its own organisation. Both forms of an international domain have the same one, in Unicode.
    """
    labels = _labels(domain)
    if _is_no_name(labels):
        return ".".join(labels)
    return ".".join(labels[max(0, _suffix_at(labels, more) - 1) :])


def label(domain: str, more: frozenset[str] = frozenset()) -> str:
    """Find the organisation's own word in its domain: ``mail.acme.co.uk`` -> ``acme``."""
    labels = organisation(domain, more).split(".")
    return ".".join(labels) if _is_no_name(labels) else labels[0]


def register_date() -> date | None:
    """Tell the day of the register that is installed; None when it does not say so."""
    found = re.search(r"^// VERSION: (\d{4})-(\d\d)-(\d\d)", _register()[:5_000], re.MULTILINE)
    return date(*map(int, found.groups())) if found else None


def _labels(domain: str) -> list[str]:
    plain = unicodedata.normalize("NFC", domain.lower()).rstrip(".")
    return [_unicode(one) for one in plain.split(".")]


def _unicode(one: str) -> str:
    """Decode a label of RFC 3492 when it is honest, as a registry takes it: written so, and needing it.

    Forged ones decode to a name that is somebody else's: ``xn--acme-`` to ``acme``.
    """
    if not one.startswith("xn--") or len(one) > LONGEST_LABEL:
        return one
    try:
        decoded = one[4:].encode("ascii").decode("punycode")
        again = decoded.encode("punycode").decode("ascii")
    except (UnicodeError, ValueError):
        return one
    written_so = again == one[4:] and decoded == unicodedata.normalize("NFC", decoded.lower())
    letters = all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in decoded)
    return decoded if written_so and letters and not decoded.isascii() else one


def _is_no_name(labels: list[str]) -> bool:
    """Tell whether these are an address of the network, or no labels of a domain at all."""
    whole = ".".join(labels)
    literal = whole.startswith("[") or _NUMBERS.fullmatch(whole) is not None
    return literal or "" in labels or len(whole) > _LONGEST


def _suffix_at(labels: list[str], more: frozenset[str]) -> int:
    """Find where the public suffix begins (publicsuffix.org/list, "Algorithm"): the longest rule counts."""
    rules = _rules()
    for at in range(len(labels)):
        ending, parent = ".".join(labels[at:]), ".".join(labels[at + 1 :])
        if f"!{ending}" in rules:
            return at + 1
        if ending in rules or f"*.{parent}" in rules or ending in more or ending in SHARED_HOSTS:
            return at
    return len(labels) - 1


@cache
def _rules() -> frozenset[str]:
    lines = (line.partition(" ")[0] for line in _register().splitlines())
    return frozenset(line for line in lines if line and not line.startswith("//"))


def _register() -> str:
    # Read as text: building the package's own table takes ten times as long.
    return files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
