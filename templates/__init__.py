"""Letters, reasons and call scripts as plain Jinja2 text; loaded as the package ``bowout.templates``."""
