"""Put the letter together as a Reply: subject, references, signature, quote. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bowout.mail.attribution import Attribution
from bowout.mail.subject import is_reply
from bowout.model import Address, Identity, Message, Reply
from bowout.reply.plan import Plan
from bowout.text.harmless import for_terminal

if TYPE_CHECKING:
    from bowout.letters.render import Letter

# How many ids a References field keeps when a thread is huge: the first and the newest.
_MAX_REFERENCES = 21

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def reply_subject(subject: str) -> str:
    """Put ``Re: `` in front of the parent's subject once.

    The rest stays as it is, so that Gmail still finds the thread. Line ends and control characters, which no
    header may carry, become one space.
    """
    clean = _CONTROLS.sub(" ", subject).strip()
    return clean if is_reply(clean) else f"Re: {clean}".rstrip()


_MSG_ID = re.compile(r"<[^<>\s]+>")


def reply_references(parent: Message) -> tuple[str, ...]:
    """List the References of an answer to ``parent`` (RFC 5322 section 3.6.4): no id twice, its own last.

    A parent without References but with exactly one In-Reply-To id gives that id. Ids that are no msg-id are
    dropped; of a huge list the first and the newest ids stay. Empty when the parent has no Message-ID.
    """
    if not parent.message_id:
        return ()
    older = parent.references or (parent.in_reply_to if len(parent.in_reply_to) == 1 else ())
    ids = [i for i in dict.fromkeys(older) if _MSG_ID.fullmatch(i) and i != parent.message_id]
    first, *others = *ids, parent.message_id
    return (first, *others[1 - _MAX_REFERENCES :])


def compose(
    plan: Plan, letter: Letter, *, quote: bool, attribution: Attribution, message_id: str, now: datetime
) -> Reply:
    """Sign the letter and make it a Reply to ``plan.parent``.

    ``attribution`` holds the words of the letter's language; ``message_id`` becomes the draft's own id.
    """
    text, markup = _signed(letter, plan.identity)
    quoted = plan.parent if quote and plan.quotable else None
    return Reply(
        thread_id=plan.thread_id,
        parent_id=plan.parent.id,
        from_=_clean(plan.identity.address),
        to=tuple(_clean(a) for a in plan.to),
        cc=tuple(_clean(a) for a in plan.cc),
        subject=reply_subject(plan.parent.subject),
        in_reply_to=plan.parent.message_id,
        references=reply_references(plan.parent),
        text=text,
        html=markup,
        quoted=quoted,
        attribution=attribution.write(quoted) if quoted else "",
        message_id=message_id,
        date=now,
    )


def _clean(address: Address) -> Address:
    # Only the display name: the addr-spec may hold a token that must come back byte for byte.
    return replace(address, name=for_terminal(_CONTROLS.sub(" ", address.name)).strip())


def _signed(letter: Letter, identity: Identity) -> tuple[str, str]:
    body = letter.text.rstrip()
    signature = _signature_text(identity)
    if not signature or body.endswith(signature):
        return f"{body}\n", letter.html
    inner = identity.signature_html or html.escape(signature).replace("\n", "<br>\n")
    # Gmail adds a second signature unless it recognises this wrapper.
    block = (
        '<div><span class="gmail_signature_prefix">-- </span><br>\n'
        f'<div class="gmail_signature" data-smartmail="gmail_signature">{inner}</div></div>\n'
    )
    return f"{body}\n\n-- \n{signature}\n", f"{letter.html.rstrip()}\n{block}"


def _signature_text(identity: Identity) -> str:
    if identity.signature.strip():
        lines = identity.signature.strip().splitlines()
        return "\n".join(lines[1:] if lines[0].rstrip() == "--" else lines).strip()
    if identity.signature_html:
        from bowout.mail.html import html_to_text  # a heavy import

        return html_to_text(identity.signature_html).strip()
    return ""
