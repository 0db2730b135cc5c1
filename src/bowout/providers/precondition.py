"""Say that a draft is not as it was when bowout last saw it."""

from __future__ import annotations

from bowout.errors import DraftChanged, DraftGone


def draft_gone(place: str = "the mailbox") -> DraftGone:
    """Make the error for a draft that no longer lies among the drafts; ``place`` is Gmail or the like."""
    return DraftGone(
        f"The draft is no longer among the drafts in {place}.",
        "If you sent or deleted it, all is well: bowout status shows what it found.",
    )


def draft_changed(place: str = "the mailbox") -> DraftChanged:
    """Make the error for a draft whose revision is not the one that was given."""
    return DraftChanged(
        f"The draft was changed in {place} since bowout last saw it.",
        f"Look at it in {'your mail program' if place == 'the mailbox' else place}; bowout left it as it is.",
    )
