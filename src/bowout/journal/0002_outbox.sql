-- The outbox: promises to send one approved draft once (docs/outbox.md). Times as in the journal.

CREATE TABLE submissions (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  withdrawal_id INTEGER NOT NULL REFERENCES withdrawals (id),
  draft_id      INTEGER NOT NULL REFERENCES drafts (id),
  purpose       TEXT NOT NULL,
  account       TEXT NOT NULL,
  state         TEXT NOT NULL,
  hold          TEXT,
  detail        TEXT NOT NULL,
  due           TEXT NOT NULL,
  zone          TEXT NOT NULL,
  typed         TEXT NOT NULL,
  wall          TEXT,                 -- the local time that was promised; NULL: an instant was
  not_after     TEXT NOT NULL,
  snapshot      TEXT NOT NULL,        -- JSON: what the person approved
  follow_edits  INTEGER NOT NULL,
  armed_at      TEXT NOT NULL,
  attempts      INTEGER NOT NULL,
  rearmed       INTEGER NOT NULL,
  last_error    TEXT NOT NULL,
  last_look     TEXT,
  looks         INTEGER NOT NULL,
  unknown_since TEXT,
  message_id    TEXT,
  sent_at       TEXT,
  todo          TEXT NOT NULL,        -- JSON list: chores left after a send
  seen_hash     TEXT NOT NULL,
  seen_at       TEXT,
  version       INTEGER NOT NULL
);

-- One promise for one draft, ever: only one that was cancelled makes room for another.
CREATE UNIQUE INDEX submissions_once ON submissions (draft_id) WHERE state <> 'cancelled';

CREATE INDEX submissions_due ON submissions (state, due);

CREATE INDEX submissions_todo ON submissions (id) WHERE todo <> '[]';

CREATE TABLE passes ( -- of the runner; one row
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  last TEXT NOT NULL                  -- when the last pass began; a clock before it was set back
);
