"""The name of a letter on the command line: a situation or a follow-up."""

from __future__ import annotations

from typing import Any

import click

from bowout.model import FollowUp, Situation


class Occasion(click.ParamType[Situation | FollowUp]):
    """The situation of a letter, or the name of a follow-up."""

    name = "situation"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Situation | FollowUp:
        wanted = str(value).strip().lower().replace("_", "-")
        if wanted in list(Situation):
            return Situation(wanted)
        if wanted in list(FollowUp):
            return FollowUp(wanted)
        return self.fail(f"{value!r} is not one of: {', '.join([*Situation, *FollowUp])}", param, ctx)
