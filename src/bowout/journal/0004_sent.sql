-- When a letter left: by the receipt of whoever sent it, else by the sent copy. Before, only when its row was
-- last written was known, which for an armed letter is when it was drafted.

ALTER TABLE drafts ADD COLUMN sent_at TEXT;

UPDATE drafts SET sent_at = coalesce(
  (SELECT max(sent_at) FROM submissions WHERE draft_id = drafts.id),
  updated_at
) WHERE state = 'sent';
