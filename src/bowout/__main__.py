"""The ``bowout`` command, and ``python -m bowout``: what timers run, since it needs no PATH."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still loading is answered as Ctrl-C later on."""
    try:
        from bowout.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("bowout: Stopped.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
