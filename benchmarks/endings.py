"""Count the questions that two honest domains of one firm cost, by the register of endings that is installed.

Each pair is tried twice, through the code that decides: as a mail that asks for answers at the other domain,
and as a colleague who joins the conversation from there. docs/decisions/0008-suffixes.md shows the figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bowout.model import Address, Message
from bowout.people import impostors
from bowout.people.machines import Relays, load_relays

# Endings that the list of before knew, and some that only the register knows, of both its sections.
KNOWN = (
    "co.uk",
    "ac.uk",
    "gov.uk",
    "com.au",
    "co.nz",
    "co.za",
    "com.br",
    "com.mx",
    "co.jp",
    "co.kr",
    "com.sg",
)
NEW = (
    "com.ng",
    "co.ke",
    "com.gr",
    "com.ro",
    "co.zw",
    "com.pk",
    "com.pe",
    "com.ec",
    "com.eg",
    "com.bd",
    "gov.in",
)
HOSTED = ("github.io", "blogspot.com", "nhs.uk", "uk.com", "onmicrosoft.com", "zendesk.com", "sharepoint.com")
# Domains of the same firm or body, as they stand on its own pages.
SEEN = (
    *(("amazon.com", "amazon.co.uk"), ("bbc.co.uk", "bbc.com"), ("google.com", "google.de")),
    *(("sap.com", "sap.de"), ("bosch.com", "bosch.de"), ("siemens.com", "siemens-energy.com")),
    *(
        ("tesco.com", "tesco.co.uk"),
        ("hsbc.com", "hsbc.co.uk"),
        ("ing.com", "ing.nl"),
        ("adidas.com", "adidas.de"),
    ),
    *(("zalando.de", "zalando.com"), ("otto.de", "ottogroup.com"), ("bahn.de", "deutschebahn.com")),
    *(("jobs.bahn.de", "bahn.de"), ("mail.sap.com", "sap.com"), ("eu.bosch.com", "de.bosch.com")),
    *(("ox.ac.uk", "cs.ox.ac.uk"), ("ucl.ac.uk", "live.ucl.ac.uk"), ("uclh.nhs.uk", "nhs.net")),
    *(("mtn.com", "mtn.com.ng"), ("safaricom.co.ke", "mail.safaricom.co.ke"), ("dot.ca.gov", "ca.gov")),
    *(("toyota.com", "toyota.co.jp"), ("sony.com", "sony.co.jp"), ("samsung.com", "samsung.co.kr")),
)


def pairs() -> Iterator[tuple[str, str, str]]:
    """Kind of pair, and its two domains."""
    for kind, endings in (("known before", KNOWN), ("new", NEW), ("shared host", HOSTED)):
        for ending in endings:
            yield f"{kind}: mail. below the same name", f"acme.{ending}", f"mail.acme.{ending}"
            yield f"{kind}: -careers below the same ending", f"acme.{ending}", f"acme-careers.{ending}"
            yield f"{kind}: beside acme.com", "acme.com", f"acme.{ending}"
    for one, other in SEEN:
        yield "seen", one, other
        yield "seen", other, one


def questions(one: str, other: str, relays: Relays) -> int:
    """How many of the two ways to meet the other domain are said to be suspicious."""
    dana, hugo = Address("Dana Berg", f"dana@{one}"), Address("Hugo Marsh", f"hugo@{other}")
    when = datetime(2026, 5, 1, tzinfo=UTC)
    first = Message(id="1", thread_id="t", from_=(dana,), to=(Address("", "me@home.example"),), date=when)
    asks = Message(id="1", thread_id="t", from_=(dana,), reply_to=(hugo,), date=when)
    joins = Message(id="2", thread_id="t", from_=(hugo,), date=when + timedelta(hours=1))
    told = (impostors.signs([asks], relays), impostors.signs([first, joins], relays))
    return sum(any("another domain" in sign for sign in signs) for signs in told)


def main() -> None:
    relays, asked, tried = load_relays(), Counter[str](), Counter[str]()
    for kind, one, other in pairs():
        tried[kind] += 2
        asked[kind] += questions(one, other, relays)
    for kind, count in tried.items():
        print(f"{kind:45} {asked[kind]:4} of {count}")
    print(f"{'all':45} {asked.total():4} of {tried.total()}")


if __name__ == "__main__":
    main()
