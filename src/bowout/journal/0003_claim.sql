-- Each attempt to send has a name that no copy of these records knows: docs/decisions/0011-claims.md.

ALTER TABLE submissions ADD COLUMN claim TEXT NOT NULL DEFAULT '';
