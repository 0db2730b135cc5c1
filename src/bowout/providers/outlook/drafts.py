"""Write, find and remove drafts in Outlook.

A draft is known by its immutable id, and by the Message-ID that we write into it; the ETag is its revision.
Only createReply puts a draft into its conversation. It composes the quote itself, so a draft takes two
writes: createReply without a text, then a PATCH that puts the letter above the quote. A run that dies between
them leaves an empty draft, which the next one adopts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from bowout.errors import BowoutError, Failed, NeedsPerson, OutcomeUnknown, SignInNeeded, Unreachable
from bowout.mail.compare import content_hash, same_letter
from bowout.model import DraftKey, Reply
from bowout.providers.base import Draft
from bowout.providers.outlook import message as payload
from bowout.providers.outlook.api import Answer
from bowout.providers.outlook.message import Resource
from bowout.providers.outlook.threads import Threads, path_of
from bowout.providers.precondition import draft_changed, draft_gone


class Drafts:
    """The drafts of one mailbox; the methods keep what ``Mailbox`` promises of them."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self.graph = threads.graph

    def save(self, reply: Reply) -> Draft:
        unread = self._was_unread(reply.parent_id)
        self._threads.forget()
        try:
            created = self.graph.write("POST", f"{path_of(reply.parent_id)}/createReply", {})
        except Answer as exc:
            if exc.status == 404:
                raise payload.gone() from exc
            raise Failed(f"Outlook refused the draft: {exc.words}.") from exc
        except OutcomeUnknown:
            self._restore_unread(reply.parent_id, unread=unread)
            raise
        # createReply marks the original as read. Both changes need only what is known now.
        restored = self._threads.parallel.start(self._restore_unread, reply.parent_id, unread=unread)
        try:
            return self._fill_new(created, reply)
        finally:
            restored.result()

    def find(self, key: DraftKey) -> Draft | None:
        ours, near = self._drafts(key, key.id or "")
        if ours:
            return self._as_draft(key, _the_one(ours))
        return self._left_over(key, near)

    def replace(self, draft: Draft, reply: Reply) -> Draft:
        current = self._as_given(draft)
        try:
            written = self._patch(current, reply, fresh=draft.empty)
        except Answer as exc:
            raise self._refused_change(exc) from exc
        if self._threads.is_gone(written):
            raise draft_gone("Outlook")
        return self._as_draft(draft.key, written)

    def delete(self, draft: Draft) -> None:
        """Graph moves it to Deleted Items, from where the person can take it back."""
        current = self._as_given(draft)
        self._threads.forget()
        try:
            self.graph.write("DELETE", path_of(str(current["id"])), if_match=payload.etag(current))
        except Answer as exc:
            raise self._refused_change(exc) from exc

    def still_there(self, draft: Draft) -> None:
        """Raise ``DraftGone`` or ``DraftChanged`` unless the draft is exactly as given, asked anew."""
        self._threads.forget()
        self._as_given(draft)

    # --- a new draft ---

    def _was_unread(self, parent_id: str) -> bool:
        if parent_id not in self._threads.unread:
            try:
                found = self.graph.read(path_of(parent_id), select="isRead")
            except Answer as exc:
                if exc.absent:
                    raise payload.gone() from exc
                raise
            self._threads.unread[parent_id] = found.get("isRead") is False
        return self._threads.unread[parent_id]

    def _restore_unread(self, parent_id: str, *, unread: bool) -> None:
        """Mark the original as unread again; that it failed is no reason to call the draft failed."""
        if unread:
            with suppress(BowoutError):
                self.graph.write("PATCH", path_of(parent_id), {"isRead": False})

    def _fill_new(self, created: Resource, reply: Reply) -> Draft:
        """Put the letter into the draft that createReply has just made."""
        key = DraftKey(thread_id=reply.thread_id, message_id=reply.message_id, parent_id=reply.parent_id)
        try:
            try:
                written = self._patch(created, reply, fresh=True)
            except Answer as exc:
                if exc.status != 412:
                    raise
                # Outlook touched the draft itself; what it refused did not happen, so this repeats nothing.
                written = self._patch(self._still_empty(created), reply, fresh=True)
            return self._as_draft(key, written)
        except Answer as exc:
            self._discard(created)
            raise Failed(f"Outlook refused the letter ({exc.words}); the empty draft was removed.") from exc
        except (Unreachable, SignInNeeded) as exc:
            raise OutcomeUnknown(
                f"An empty draft was left in the conversation: {exc.message}",
                "Run the same command again: it fills the draft. " + exc.next_step,
            ) from exc

    def _still_empty(self, created: Resource) -> Resource:
        now = self._threads.resource(str(created["id"]))
        if now and payload.is_empty(self._threads.message(now, "")):
            return now
        raise OutcomeUnknown(
            "The new draft was changed in Outlook before the letter was in it.",
            "Look at the draft in Outlook, then run the same command again.",
        )

    def _discard(self, created: Resource) -> None:
        try:
            self.graph.write("DELETE", path_of(str(created["id"])))
        except BowoutError as exc:
            raise OutcomeUnknown(
                "Outlook refused the letter and left an empty draft in the conversation.",
                "Delete the draft in Outlook.",
            ) from exc

    def _patch(self, resource: Resource, reply: Reply, *, fresh: bool) -> Resource:
        """Write the letter into the draft, if nobody changed it meanwhile. Raises ``Answer``."""
        change: dict[str, object] = {
            "subject": reply.subject,
            "body": payload.with_letter(resource.get("body") or {}, reply, fresh=fresh),
            "toRecipients": payload.recipients(reply.to),
            "ccRecipients": payload.recipients(reply.cc),
            "bccRecipients": [],
            "internetMessageId": reply.message_id,
        }
        if payload.sender_key(resource) != reply.from_.key:
            change["from"] = payload.recipients((reply.from_,))[0]
        self._threads.forget()
        return self.graph.write(
            "PATCH", path_of(str(resource["id"])), change, if_match=payload.etag(resource)
        )

    # --- the draft that is meant ---

    def _drafts(self, key: DraftKey, identifier: str) -> tuple[list[Resource], list[Resource]]:
        """The draft with this id, else those with our Message-ID; and everything that was looked at.

        Outlook is said to leave a draft in Drafts that it has sent: a sent mail with its Message-ID makes it
        gone as well, and so does one that says the same, since the sent copy may bear another.
        """
        near = list(self._threads.remembered().values())
        here = [r for r in near if r["id"] == identifier or r.get("internetMessageId") == key.message_id]
        if not here:
            parallel, conversation = self._threads.parallel, payload.split_handle(key.thread_id)[0]
            by_id = parallel.start(self._threads.resource, identifier)
            around = parallel.start(self._threads.conversation, conversation)
            here = [*self._threads.called(key.message_id), *filter(None, (by_id.result(),))]
            near = around.result()
        if any(not r.get("isDraft") and r.get("internetMessageId") == key.message_id for r in here):
            return [], near
        drafts = {str(r["id"]): r for r in here if self._in_drafts(r) and not self._went_out(r, near)}
        exact = drafts.get(identifier)
        return [exact] if exact else list(drafts.values()), near

    def _went_out(self, draft: Resource, near: Sequence[Resource]) -> bool:
        """Tell whether a mail of mine among these, sent since the draft was made, is the same letter."""
        since, own = str(draft.get("createdDateTime") or ""), self._threads.own()
        later = (r for r in near if not r.get("isDraft") and str(r.get("sentDateTime") or "") >= since)
        mine = [self._threads.message(r, "") for r in later if payload.sender_key(r) in own]
        return bool(mine) and any(same_letter(mail, self._threads.message(draft, "")) for mail in mine)

    def _left_over(self, key: DraftKey, near: Sequence[Resource]) -> Draft | None:
        """The draft that a run of ours began after ``key.intended_at`` and did not get to fill."""
        if key.intended_at is None or key.id is not None:
            return None
        conversation = payload.split_handle(key.thread_id)[0]
        near = [resource for resource in near if resource.get("conversationId") == conversation]
        if not any(map(self._in_drafts, near)):  # what is remembered may be older
            near = self._threads.conversation(conversation)
        # Graph tells whole seconds of its own clock.
        since = key.intended_at + self.graph.ahead - timedelta(seconds=2)
        fitting = [
            (resource, message)
            for resource in near
            if self._in_drafts(resource) and resource["id"] not in key.known
            if (message := self._threads.message(resource, key.thread_id)).moment >= since
            and payload.is_empty(message)
        ]
        if not fitting:
            return None
        resource = _the_one([resource for resource, _ in fitting])
        return dataclasses.replace(self._as_draft(key, resource), empty=True)

    def _as_given(self, draft: Draft) -> Resource:
        """The draft on the server. Raises ``DraftGone`` or ``DraftChanged`` unless it is exactly as given."""
        identifier = draft.key.id or draft.message.id
        found, _ = self._drafts(draft.key, identifier)
        if not found:
            raise draft_gone("Outlook")
        current = found[0]
        if current["id"] != identifier or payload.etag(current) != draft.revision:
            raise draft_changed("Outlook")
        return current

    def _refused_change(self, answer: Answer) -> BowoutError:
        if answer.status == 412:
            return draft_changed("Outlook")
        if answer.status == 404:
            return draft_gone("Outlook")
        return Failed(f"Outlook refused to change the draft: {answer.words}.")

    def _in_drafts(self, resource: Resource) -> bool:
        return bool(resource.get("isDraft")) and not self._threads.is_gone(resource)

    def _as_draft(self, key: DraftKey, resource: Resource) -> Draft:
        message = self._threads.message(resource, key.thread_id, own=True)
        return Draft(
            key=dataclasses.replace(key, id=message.id),
            revision=payload.etag(resource),
            content_hash=content_hash(message),
            message=message,
            link=resource.get("webLink") or None,
        )


def _the_one(resources: Sequence[Resource]) -> Resource:
    if len(resources) > 1:
        raise NeedsPerson(
            "Two drafts in Outlook could be the one that bowout wrote.",
            "Look at both in Outlook, delete one, then run the command again.",
        )
    return resources[0]
