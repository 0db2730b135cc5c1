"""The outbox: promises to send one approved draft once, kept through crashes (docs/outbox.md)."""
