"""SQL migrations, read with importlib.resources."""
