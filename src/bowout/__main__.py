"""``python -m bowout``: what timers run, since it needs no PATH."""

from bowout.cli import main

main()
