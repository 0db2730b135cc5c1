"""How long bowout takes to say anything at all, beside a Python that only imports click.

The commands take turns, so that whatever else the machine does weighs on all of them alike.
"""

from __future__ import annotations

import sys

from measure import BOWOUT, Cost, middle, once

ROUNDS = 25
AIM = 1.5
PEER = "python -c 'import click'"
COMMANDS = {
    PEER: [sys.executable, "-c", "import click"],
    "bowout --version": [BOWOUT, "--version"],
    "bowout --help": [BOWOUT, "--help"],
}


def main() -> None:
    for command in COMMANDS.values():
        once(command)  # the first run compiles
    costs: dict[str, list[Cost]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            costs[name].append(once(command))
    peer = middle(costs[PEER])
    for name, seen in costs.items():
        cost = middle(seen)
        print(f"{name:28}{cost}  {cost.wall / peer.wall:5.2f} x  (aim: at most {AIM} x)")


if __name__ == "__main__":
    main()
