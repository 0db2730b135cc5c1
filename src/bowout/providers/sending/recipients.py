"""Refuse a ``send_command`` that takes the recipients from the mail: bowout names them already.

msmtp then names everybody twice, exim nobody. Seen is what stands in the words of the command, be it behind
env or sudo or in the string of a ``sh -c``; what a script does in a file of its own is the person's.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bowout.config.keys import toml
from bowout.errors import ConfigError

__all__ = ["refuse_reading"]

# Programs with the options of sendmail, in any folder, with any ending: mini_sendmail, sendmail.postfix.
_SENDMAIL = re.compile(
    r"(?:.*[\\/])?(?:(?:[a-z]+[-_]?)?sendmail|msmtp(?:q|-[a-z]+)?|[es]smtp|exim4?|dma|nullmailer-inject|masqmail)"
    r"(?:\.[^\\/]*)?"
)
_READ = "--read-recipients"
# After these letters the rest of a word is a value: sendmail(8), and -a and -d of msmtp(1).
_VALUED = re.compile("[ABCFLMNOQRVXabdfhopqr]")
# The word behind these is a command of its own: sh -c, bash -lc, su --command, env -S.
_SCRIPT = re.compile(r"-[A-Za-z]*[cS]|--command|--split-string")
_ENDS = "();<>|&\n"  # of a command in a shell
_SAYS = ("echo", "printf", "logger", ":")  # what stands behind these is no command
_STARTS = ("exec", "command")  # words of the shell, no programs
_HANDED_ON = ("$@", "$*")


@dataclass(frozen=True, slots=True)
class _Sendmail:
    """One that a command starts: its words up to its name, its options, and what comes after them.

    ``alone`` = nothing is lost when the command is no more than these words.
    """

    name: tuple[str, ...]
    options: tuple[str, ...]
    rest: tuple[str, ...]
    alone: bool = True

    @property
    def kept(self) -> tuple[str, ...]:
        """The options without those that read the recipients."""
        return tuple(word for word in map(_without_reading, self.options) if word is not None)

    @property
    def reading(self) -> str:
        return next(word for word in self.options if _without_reading(word) != word)

    @property
    def cure(self) -> str:
        if not self.alone:
            return f'Leave it out of that script, and hand on what bowout names: {self.name[-1]} "$@"'
        words = [word for word in (*self.name, *self.kept, *self.rest) if word not in _HANDED_ON]
        return f"Leave it out: send_command = {toml(words)}"


def refuse_reading(account: str, command: Sequence[str]) -> None:
    """Raise ``ConfigError`` for a command in which a sendmail reads the recipients."""
    found = next((one for one in _sendmails(command) if one.kept != one.options), None)
    if found is None:
        return
    raise ConfigError(
        f"accounts.{account}.send_command: {found.reading} takes the recipients from the mail, and bowout"
        " names them already; they would get it twice or not at all.",
        found.cure,
    )


def _sendmails(words: Sequence[str]) -> Iterator[_Sendmail]:
    """Every sendmail that this command names, also in a string that a shell is given."""
    for place, word in enumerate(words):
        if _SENDMAIL.fullmatch(word.casefold()):
            options = (*itertools.takewhile(lambda one: one != "--", words[place + 1 :]),)
            after = place + 1 + len(options)
            yield _Sendmail((*words[: place + 1],), options, (*words[after:],))
            return
        if place and _SCRIPT.fullmatch(words[place - 1]):
            inner = [*_commands(word)]
            alone = len(inner) == 1 and place == 2  # behind nothing but sh -c
            for one in inner:
                yield from (replace(found, alone=alone and found.alone) for found in _sendmails(one))


def _commands(script: str) -> Iterator[list[str]]:
    """The commands of a shell's string, as far as they can be told without running it."""
    # A comment takes the end of its line with it.
    reader = shlex.shlex(script.replace("\n", "\n\n"), posix=True, punctuation_chars=_ENDS)
    reader.whitespace, reader.whitespace_split = " \t\r", True
    try:
        tokens = [*reader]
    except ValueError:  # a quote without its end
        return
    for is_end, words in itertools.groupby(tokens, lambda token: not token.strip(_ENDS)):
        found = [*words]
        if not is_end and found[0] not in _SAYS:
            yield found[1:] if found[0] in _STARTS else found


def _without_reading(word: str) -> str | None:
    """An option without what makes a sendmail read the recipients from the mail: -t, also in -ti, and
    --read-recipients, which may be shortened. None = nothing is left of it."""
    if word.startswith("--"):
        return None if _READ.startswith(word) else word
    if not word.startswith("-") or word.startswith("-tls"):  # -tls-on-connect of exim
        return word
    value = _VALUED.search(word)
    end = value.start() if value else len(word)
    kept = word[:end].replace("t", "") + word[end:]
    return None if kept == "-" != word else kept
