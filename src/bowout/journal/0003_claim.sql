-- Each attempt to send has a name that no copy of these records knows: docs/decisions/0011-claims.md.

ALTER TABLE submissions ADD COLUMN claim TEXT NOT NULL DEFAULT '';
-- The claim under which the letter was last taken out of Drafts, before the first byte.
ALTER TABLE submissions ADD COLUMN taken TEXT NOT NULL DEFAULT '';
