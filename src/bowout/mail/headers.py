"""Header values of mail <-> text, dates, ids and addresses (RFC 5322, RFC 2047).

Reading takes whatever arrives and says in ``Repairs`` what it had to mend. Writing gives folded ASCII and
refuses with ``UsageError``, naming the header, what cannot be written.
"""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.header import Header
from email.utils import parsedate_to_datetime
from itertools import islice

from bowout.errors import UsageError
from bowout.model import Address
from bowout.text.harmless import for_terminal

MAX_VALUE = 2_000  # characters of a text that we keep of one header
MAX_RAW = 8 * MAX_VALUE  # characters of it as it was sent: encoded words take more room
MAX_ADDRESSES = 1_000  # of one header; each is held against many things later


class Repairs(list[str]):
    """What had to be mended to read a mail, each said once; after so many that nobody reads on, no more."""

    MOST = 100

    @property
    def full(self) -> bool:
        return len(self) >= self.MOST

    def note(self, what: str) -> None:
        if not self.full and what not in self:
            self.append(what)


# --- reading: charsets and encoded words ------------------------------------------------------------


# What surrogateescape makes of each byte that is no UTF-8 -> what Windows-1252 reads there.
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}

# Python codecs that are no charsets of mail: slow on long input, or not the same everywhere.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
# What senders name, and the superset that they really use (the WHATWG encoding standard does the same).
_SUPERSETS = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_MISNAMED = {"": "utf-8", "chinesebig5": "big5", "gb2312_charset": "gb2312", "default_charset": "utf-8"}


def decode(data: bytes, charset: str, repairs: Repairs) -> str:
    """Read bytes as text. An unknown charset is read as UTF-8 with Windows-1252 for what is none."""
    name = charset.strip(" \t'\"").lower()
    if repairs.full:
        return _guess(data)  # Python looks on the disk for each charset that it does not know
    try:
        codec = codecs.lookup(_MISNAMED.get(name, name)).name
        codec = _SUPERSETS.get(codec, codec)
        if codec == "utf-8" or codec in _NO_CHARSETS:
            return _guess(data)
        return scalar(data.decode(codec, "replace"))
    except (LookupError, ValueError):  # ValueError: a name with a NUL, a codec that cannot go on
        repairs.note(f"unknown charset {for_terminal(name[:40])!r}")
        return _guess(data)


def _guess(data: bytes) -> str:
    """Read UTF-8, and the bytes that are none as Windows-1252: one stray byte spoils nothing else.

    Not by an error handler of ours: it would be called for each of millions of bytes.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape").translate(_STRAY)


def scalar(text: str) -> str:
    """``text`` without lone surrogates, which no file, database or terminal takes."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# Blanks inside a word are against RFC 2047 and common.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bqBQ])\?([^?]*)\?=")
_RUN = re.compile(r"=\?[^?\s]{1,60}\?[bqBQ]\?[^?]*\?=(?:[ \t]*=\?[^?\s]{1,60}\?[bqBQ]\?[^?]*\?=)*")


def decode_words(text: str, repairs: Repairs) -> str:
    """Decode RFC 2047 encoded words; those that cannot be are left as they stand."""
    if "=?" not in text:
        return text
    return _RUN.sub(lambda run: _decode_run(run[0], repairs), text)


def _decode_run(run: str, repairs: Repairs) -> str:
    """Adjacent words: blanks between them vanish, and one character may be split across two of them."""
    pieces: list[tuple[str, bytes]] = []
    for label, encoding, payload in _WORD.findall(run):
        data = _word_bytes(encoding, payload)
        if data is None:
            repairs.note("broken encoded word")
            return run
        charset = label.partition("*")[0].lower()  # RFC 2231 section 5: a language may follow
        if pieces and pieces[-1][0] == charset:
            data = pieces.pop()[1] + data
        pieces.append((charset, data))
    return "".join(decode(data, charset, repairs) for charset, data in pieces)


def _word_bytes(encoding: str, payload: str) -> bytes | None:
    try:
        data = payload.encode("latin-1")
        if encoding in "qQ":
            return binascii.a2b_qp(data, header=True)
        return binascii.a2b_base64(data.rstrip(b"= ") + b"==")
    except ValueError:
        return None


# --- reading: values --------------------------------------------------------------------------------

_FOLD = re.compile(r"(?:\r?\n|\r)(?=[ \t])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def unfold(value: str, name: str, repairs: Repairs) -> str:
    """Write a raw value (8-bit bytes as surrogates) on one line, its bytes decoded."""
    value = _FOLD.sub("", value)
    if value.isascii():
        return value
    decoded = _guess(value.encode("utf-8", "surrogateescape"))
    if decoded != value:
        repairs.note(f"raw 8-bit bytes in {name}")
    return decoded


def tidy(text: str) -> str:
    """Control characters become a space: a decoded word may hold line ends, which forge headers later."""
    return text if text.isprintable() else _CONTROLS.sub(" ", text)


def read_text(value: str, repairs: Repairs) -> str:
    """Read an unstructured value as people do."""
    text = tidy(decode_words(value[:MAX_RAW], repairs)).strip()
    if len(text) > MAX_VALUE or len(value) > MAX_RAW:
        repairs.note("long header cut off")
    return text[:MAX_VALUE]


def read_date(value: str, repairs: Repairs) -> datetime | None:
    """Read a Date (RFC 5322 section 3.3) in its own offset; without zone it is UTC; None when unreadable."""
    try:
        date = parsedate_to_datetime(value[:200])
    except Exception:  # the standard library raises whatever it trips over
        repairs.note("unreadable Date")
        return None
    if not 1970 < date.year < 2200:  # such a date overflows when it is moved to another zone
        repairs.note("impossible Date")
        return None
    if date.utcoffset() is not None:
        return date
    if "-0000" not in value:  # that means UTC with the sender's zone unknown
        repairs.note("Date without zone, taken as UTC")
    return date.replace(tzinfo=UTC)


_ANGLE = re.compile(r"<([^<>]*)>")
_ID = re.compile(r"<[!-;=?-~]{1,900}>")


def read_ids(value: str, name: str, repairs: Repairs) -> tuple[str, ...]:
    """Read the message-ids of a value in their order, each once, in angle brackets.

    Some programs fold in the middle of an id, forget the brackets, or write the id as an encoded word
    (CPython gh-100991): all are mended. What is not printable ASCII is no id.
    """
    value = decode_words(value, repairs)
    found = [f"<{''.join(inner.split())}>" for inner in _ANGLE.findall(value)]
    bare = [] if found else value.replace("<", " ").replace(">", " ").split()
    if bare and all("@" in token for token in bare):
        repairs.note(f"{name} without angle brackets")
        found = [f"<{token}>" for token in bare]
    usable = [one for one in found if _ID.fullmatch(one)]
    if len(usable) < len(found) or (bare and not found):
        repairs.note(f"unusable id in {name}")
    return tuple(dict.fromkeys(usable))


# --- reading: addresses -----------------------------------------------------------------------------

# Possessive and limited, because each start of one that never ends is searched for its end.
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.){0,100}+"'  # quoted string
    r"|\((?:[^()\\]++|\\.|\([^()]{0,500}\)){0,100}+\)"  # comment, one inside it allowed
    r"|<[^<>]*>"
    r'|[^",;:<(]+|.',
    re.DOTALL,
)
_ADDRESS = re.compile(r"[^\s<>][^\s<>@]*+@[^\s<>]+")
# Where an encoded word was cut in two, its pieces stand in place of names and addresses.
_UNDECODED = re.compile(r"=\?[^?\s]{0,60}\?|\?=")


def read_addresses(value: str, repairs: Repairs) -> tuple[Address, ...]:
    """Read the mailboxes of an address list (RFC 5322 section 3.4): groups flattened, comments as names.

    The list is cut before encoded words are decoded, so that a display name never turns into an address.
    Only where that finds no address at all is a value that was encoded as a whole decoded first.
    """
    found = _with_commas(_first_mailboxes(value, repairs), repairs)
    if "=?" in value and not any("@" in address.address for address in found):
        decoded = _first_mailboxes(tidy(decode_words(value, repairs)), repairs)
        if any("@" in address.address for address in decoded):
            repairs.note("addresses hidden in an encoded word")
            return decoded
    if any("@" not in address.address for address in found):
        repairs.note("address without domain")
    if "?" not in value:
        return found
    usable = tuple(address for address in found if not _UNDECODED.search(address.address))
    if len(usable) < len(found):
        repairs.note("rest of a broken encoded word in place of an address")
    return usable


def _with_commas(found: Sequence[Address], repairs: Repairs) -> tuple[Address, ...]:
    """Join a name that an unquoted comma cut in two: ``Doe, Jane <jane@acme.example>``."""
    kept: list[Address] = []
    for address in found:
        before = kept[-1].address if kept else ""
        if address.name and "@" not in before and (before[:1].isupper() or " " in before):
            kept[-1] = Address(f"{before}, {address.name}", address.address)
            repairs.note("comma in a name without quotes")
        else:
            kept.append(address)
    return tuple(kept)


def _first_mailboxes(value: str, repairs: Repairs) -> tuple[Address, ...]:
    found = tuple(islice(_mailboxes(value, repairs), MAX_ADDRESSES + 1))
    if len(found) > MAX_ADDRESSES:
        repairs.note(f"only the first {MAX_ADDRESSES} addresses of a header were read")
    return found[:MAX_ADDRESSES]


def _mailboxes(value: str, repairs: Repairs) -> Iterator[Address]:
    words: list[str] = []
    comment = ""
    angle: str | None = None
    for piece in [*_TOKEN.findall(value), ","]:
        if piece in {",", ";"}:
            if address := _mailbox("".join(words), angle, comment, repairs):
                yield address
            words, comment, angle = [], "", None
        elif piece == ":" and angle is None and not any("@" in word for word in words[-9:]):
            # What stood before was the name of a group. Only the nearest pieces are searched for an address,
            # or a value full of colons would take for ever.
            words = []
        elif piece[0] == "(" and len(piece) > 1:
            comment = piece[1:-1]
        elif piece[0] == "<" and len(piece) > 1:
            if angle is not None:  # the last one counts; what stands before it poses as a part of the name
                repairs.note("two addresses in one")
                words.append(f" <{angle}>")
            angle = piece[1:-1]
        else:
            words.append(piece)


def _mailbox(phrase: str, angle: str | None, comment: str, repairs: Repairs) -> Address | None:
    phrase = phrase.strip()
    if angle is None and not phrase.startswith('"'):
        *name, last = phrase.replace("<", " ").replace(">", " ").split() or [""]
        if name and _ADDRESS.fullmatch(last) and not any("@" in word for word in name):
            repairs.note("address without angle brackets")
            phrase, angle = " ".join(name), last
    if angle is None:
        phrase, angle = "", phrase
    address = tidy(angle).strip()
    # RFC 5322 section 4.4 lets blanks stand around the dots and the at sign.
    if " " in address and '"' not in address:
        address = re.sub(r"(?<! ) +([@.])", r"\1", re.sub(r"([@.]) +", r"\1", address))
    if not address or _is_none(address):
        return None
    return Address(_name(phrase or comment, repairs), address)


def _is_none(address: str) -> bool:
    """Tell whether it is no address: longer than any, or with a sign in it that nobody sees."""
    domain = address.rpartition("@")[2]
    unseen = not address.isascii() and any(unicodedata.category(sign) in _UNSEEN for sign in address)
    return len(domain) > _LONGEST_DOMAIN or len(address) > _LONGEST_ADDRESS or unseen


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_LONGEST_DOMAIN = 255  # RFC 5321 section 4.5.3.1.2
_LONGEST_ADDRESS = 998  # of a line; the names of reply addresses are longer than that RFC has them


_QUOTED = re.compile(r'"((?:[^"\\]++|\\.){0,100}+)"', re.DOTALL)


def _name(phrase: str, repairs: Repairs) -> str:
    phrase = phrase.strip("<> ")  # brackets left over from "<<jane@acme.example>>"
    if '"' in phrase:
        phrase = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), phrase)
    return " ".join(tidy(decode_words(phrase, repairs)).split())


# --- writing ----------------------------------------------------------------------------------------


def write_text(header: str, value: str) -> str:
    """Write an unstructured value: as it stands where that is short ASCII, else as encoded words."""
    value = _checked(header, value)
    if _PLAIN.fullmatch(value) and len(header) + len(value) < 76:
        return value
    return _encoded(header, value)


def write_ids(header: str, ids: Sequence[str]) -> str:
    """Message-ids, one to a line and never encoded: Outlook and Exchange drop what is, and threads break."""
    for one in ids:
        if not _ID.fullmatch(_checked(header, one)):
            raise UsageError(
                f"The {header} header would hold {for_terminal(one[:100])!r}, which is no message-id.",
                "Answer another message of the thread.",
            )
    return "\r\n ".join(ids)


def write_addresses(header: str, addresses: Sequence[Address]) -> str:
    """Write an address list, one mailbox to a line; names encoded, domains in their ASCII form (IDNA)."""
    if not addresses:
        raise UsageError(f"The {header} header would be empty.", "Say whom to write to with --to.")
    return ",\r\n ".join(_written(header, address) for address in addresses)


_PLAIN = re.compile(r"(?!.*=\?)(?:[!-~]+(?: [!-~]+)*)?")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+|\"(?:[ !#-\[\]-~]|\\[ -~])+\"")
_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Za-z.:]+\]")


def _checked(header: str, value: str) -> str:
    if _CONTROLS.search(value):
        raise UsageError(
            f"The {header} header would hold a line break or another control character.",
            "Remove it; in mail from others it is a sign of forgery.",
        )
    return scalar(value)


def _encoded(header: str, value: str) -> str:
    return Header(value, "utf-8", header_name=header).encode(linesep="\r\n")


def _written(header: str, address: Address) -> str:
    spec = _addr_spec(header, _checked(header, address.address))
    name = _checked(header, address.name)
    if not name:
        return spec
    if not _PLAIN.fullmatch(name) or len(name) > 60:
        return f"{_encoded(header, name)}\r\n <{spec}>"
    if not _ATOMS.fullmatch(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{name} <{spec}>"


def _addr_spec(header: str, spec: str) -> str:
    local, _, domain = spec.rpartition("@")
    domain = ascii_domain(domain)
    if len(spec) > 320 or not _LOCAL.fullmatch(local) or not domain:
        raise UsageError(
            f"The address {for_terminal(spec[:100])!r} in {header} cannot be written in a mail header.",
            "Name another address of this person with --to.",
        )
    return f"{local}@{domain}"


def ascii_domain(domain: str) -> str:
    """Give the form of ``domain`` that DNS and mail headers take, or "" where there is none.

    None also where IDNA 2003 would map it to another domain (straße.de is not strasse.de).
    """
    if not domain.isascii():
        try:
            encoded = domain.encode("idna")
            same = encoded.decode("idna") == unicodedata.normalize("NFC", domain).lower()
        except UnicodeError:
            return ""
        domain = encoded.decode("ascii") if same else ""
    return domain if _DOMAIN.fullmatch(domain) else ""
