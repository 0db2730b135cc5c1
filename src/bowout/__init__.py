"""bowout: leave an interview process with one kind, prompt message in the recruiter's own thread."""

__version__ = "0.1.0"
