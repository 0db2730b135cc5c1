-- The journal: what the person is leaving, which drafts are ours, which calls were made, what happened.
-- Times are UTC, ISO 8601 with microseconds; a zone is an IANA name. Ids are never used twice.

PRAGMA application_id = 1651472244; -- "bowt"

CREATE TABLE identity ( -- of this store; one row
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  uuid       TEXT NOT NULL,
  machine    TEXT NOT NULL,           -- fingerprint of the computer that owns it
  generation INTEGER NOT NULL,        -- grows with every change; its twin is kept outside the database
  suspect    TEXT                     -- why this may be a copy or an older store; stays until adopted
);

CREATE TABLE withdrawals (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  account        TEXT NOT NULL,
  thread_id      TEXT NOT NULL,
  company        TEXT,
  position       TEXT,
  person_name    TEXT NOT NULL,
  person_address TEXT NOT NULL,
  situation      TEXT NOT NULL,
  reason         TEXT NOT NULL,
  depth          TEXT NOT NULL,
  language       TEXT NOT NULL,
  slot           TEXT,
  slot_zone      TEXT,
  created_at     TEXT NOT NULL,
  updated_at     TEXT NOT NULL,
  revision       INTEGER NOT NULL,
  UNIQUE (account, thread_id)
);

CREATE TABLE drafts (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  withdrawal_id INTEGER NOT NULL REFERENCES withdrawals (id),
  purpose       TEXT NOT NULL,
  state         TEXT NOT NULL,
  thread_id     TEXT NOT NULL,
  message_id    TEXT NOT NULL UNIQUE,
  provider_id   TEXT,
  parent_id     TEXT,
  intended_at   TEXT,
  known         TEXT NOT NULL,        -- JSON list: drafts that were in the thread before ours
  revision      TEXT,
  content_hash  TEXT,
  letter        BLOB,                 -- as we last meant to write it: how we know our own work again
  updated_at    TEXT NOT NULL
);

-- Never two drafts for one purpose: the promise is kept here, not in code.
CREATE UNIQUE INDEX drafts_current ON drafts (withdrawal_id, purpose) WHERE state IN ('intent', 'open');

CREATE TABLE calls (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  withdrawal_id INTEGER NOT NULL REFERENCES withdrawals (id),
  outcome       TEXT NOT NULL,
  person        TEXT NOT NULL,
  at            TEXT NOT NULL,
  zone          TEXT NOT NULL,
  revision      INTEGER NOT NULL
);

CREATE INDEX calls_of ON calls (withdrawal_id);

CREATE TABLE notes ( -- private: never rendered, never logged
  withdrawal_id INTEGER NOT NULL REFERENCES withdrawals (id),
  kind          TEXT NOT NULL,
  text          TEXT NOT NULL,
  PRIMARY KEY (withdrawal_id, kind)
);

CREATE TABLE kept ( -- copies of drafts as the person had left them, files in kept/
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  draft_id INTEGER NOT NULL REFERENCES drafts (id),
  name     TEXT NOT NULL UNIQUE,
  why      TEXT NOT NULL,
  at       TEXT NOT NULL
);

CREATE INDEX kept_of ON kept (draft_id);

CREATE TABLE events (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind    TEXT NOT NULL,
  detail  TEXT NOT NULL
);

CREATE INDEX events_of ON events (subject);
