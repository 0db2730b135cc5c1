"""The sample mailbox of ``bowout demo``: invented people, companies and mail."""
