"""``bowout letters``: see, copy, check and preview the texts that letters are made of. Needs no account."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bowout.cli import inventories, options, render
from bowout.cli.occasion import Occasion
from bowout.cli.options import Kebab, Options, pairs, shared
from bowout.cli.render import Result
from bowout.errors import Failed, UsageError
from bowout.model import Channel, Depth, FollowUp, Reason, Situation, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bowout.letters.own import Entry


@click.group("letters")
def command() -> None:
    """See the letters, and make them your own.

    A letter is made of plain text files (bowout letters show letter). A file of yours, in the folder letters
    beside config.toml, is used instead of ours of the same name.
    """


def file_name(name: str, language: str) -> str:
    """``offer`` and ``en.offer.j2`` name one file; ``dates`` is a table, ``lint`` the words of the check."""
    if name.endswith((".j2", ".toml")):
        return name
    topic = name.strip().lower().replace("_", "-")
    if topic == "lint":
        return f"lint_{language.partition('-')[0]}.toml"
    return f"{language}.dates.toml" if topic == "dates" else f"{language}.{topic}.j2"


_LANG = click.option(
    "--lang", "language", default="en", show_default=True, metavar="LANG", help="Which language."
)


@command.command("list")
@shared
def list_(*, opts: Options) -> Result:
    """List the files, the situations, the reasons and the follow-ups."""
    from bowout.letters import own

    folder = options.letters_dir(opts)
    entries = own.entries(folder)
    data = {
        "folder": folder,
        "files": [{"name": e.name, "language": e.language, "own": e.own} for e in entries],
        "situations": list(Situation),
        "reasons": list(Reason),
        "follow_ups": list(FollowUp),
        "parts": _parts(),
    }
    return Result(command="letters", data=data, lines=(*_listed(entries, folder),))


def _parts() -> tuple[str, ...]:
    from bowout.letters.wish import PARTS

    return PARTS


def _listed(entries: tuple[Entry, ...], folder: Path) -> Iterator[str]:
    named = (
        ("Situations", Situation),
        ("Reasons", Reason),
        ("Depths", Depth),
        ("Tones", Tone),
        ("Channels", Channel),
        ("Follow-ups", FollowUp),
        ("Parts", _parts()),
    )
    for title, values in named:
        yield render.strong(title)
        yield from render.hanging(", ".join(values), "  ")
    for language, group in groupby(entries, lambda entry: entry.language):
        yield render.strong(f"Files, --lang {language}")
        files = [f"{_topic(entry.name)} (yours)" if entry.own else _topic(entry.name) for entry in group]
        yield from render.hanging(", ".join(files), "  ")
    yield f"Your own go into {render.safe(folder)}; start with: bowout letters copy NAME"


def _topic(name: str) -> str:
    """``en.offer.j2`` as it can be named together with ``--lang``."""
    return "lint" if name.startswith("lint_") else name.split(".")[1]


@command.command("show")
@click.argument("name")
@_LANG
@shared
def show(*, opts: Options, name: str, language: str) -> Result:
    """Print one file: NAME is a situation, a follow-up, letter, reasons, call, dates, lint, or a file."""
    from bowout.letters import own

    file = own.there(file_name(name, language), options.letters_dir(opts))
    text = own.show(file, options.letters_dir(opts))
    lines = tuple(render.safe(line) for line in text.splitlines())
    return Result(command="letters", data={"file": file, "text": text}, lines=lines)


@command.command("copy")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_LANG
@shared
def copy(*, opts: Options, names: tuple[str, ...], language: str) -> Result:
    """Copy files into your own folder, to change them there. A file that is already there is left alone."""
    from bowout.letters import own

    folder = options.letters_dir(opts)
    wanted = [own.there(file_name(name, language), None) for name in names]
    for file in wanted:  # all of them can be copied, or none is
        own.show(file, None)
        if (folder / file).exists():
            raise UsageError(
                f"{folder / file} is already there; it was left as it is.",
                "Edit that file, or remove it first.",
            )
    if opts.dry_run:
        data = {"copied": [], "would_copy": [folder / file for file in wanted]}
        lines = tuple(f"Would copy to {render.safe(folder / file)}" for file in wanted)
        return Result(command="letters", data=data, lines=lines)
    copied = [own.copy(file, folder) for file in wanted]
    lines = tuple(f"Copied to {render.safe(path)}" for path in copied)
    step = render.label("Next", "change it, then: bowout letters lint, bowout letters preview NAME")
    return Result(command="letters", data={"copied": copied}, lines=(*lines, step))


@command.command("lint")
@click.argument("language", required=False, metavar="[LANG]")
@shared
def lint(*, opts: Options, language: str | None) -> Result:
    """Check your own files, and count what a language has.

    Each fault is named with its file, line and variable; the exit code is 6 when there is one. With LANG,
    everything that this language lacks is named with the file in which it belongs; that is no fault.
    """
    from bowout.letters import inventory, own

    folder = options.letters_dir(opts)
    entries = own.entries(folder)
    mine = [entry for entry in entries if entry.own and _concerns(entry, language)]
    asked = (
        [_known(language, entries)] if language is not None else sorted({entry.language for entry in mine})
    )
    taken = [inventory.take(one, folder, options.now()) for one in asked]
    found = [*_faults(folder, mine, asked), *inventories.broken(taken)]
    lines = [line for fault in found for line in render.hanging(fault, "")]
    for one in taken:
        lines += inventories.summary(one)
        lines += inventories.gaps(one) if language else ()
    return Result(
        command="letters",
        data={
            "folder": folder,
            "files": [entry.name for entry in mine],
            "faults": found,
            "languages": [inventories.data(one) for one in taken],
        },
        lines=(*lines, _counted(found, mine, language, folder)),
        exit_code=6 if found else 0,
    )


def _concerns(entry: Entry, language: str | None) -> bool:
    """Whether a file says something in that language: those of "pt" do in "pt-PT" too."""
    from bowout.letters.templates import varieties

    return language is None or entry.language in varieties(language)


def _known(language: str, entries: tuple[Entry, ...]) -> str:
    known = sorted({entry.language for entry in entries})
    if language not in known:
        raise UsageError(
            f"There is no file in the language {language!r}.",
            f"There are {', '.join(known)}. Another begins with: bowout letters copy letter dates invited",
        )
    return language


def _faults(folder: Path, mine: list[Entry], languages: list[str]) -> list[str]:
    """What is wrong in these files: as they stand there, and else when letters are made of them."""
    from bowout.letters import gallery, own

    names = {entry.name for entry in mine}
    found = [fault.message for fault in own.faults(folder) if Path(fault.file).name in names]
    for language in languages if mine and not found else ():
        found += gallery.broken(language, folder, options.now())
    return found


def _counted(found: list[str], mine: list[Entry], language: str | None, folder: Path) -> str:
    if mine:
        return f"{len(found)} fault{'s' if len(found) != 1 else ''} in {len(mine)} of your files."
    return render.safe(f"You have no letters of your own{f' in {language}' if language else ''} in {folder}.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a previewed letter is to be like, as typed."""

    reason: Reason
    depth: Depth | None
    tone: Tone
    channel: Channel
    language: str | None
    values: tuple[str, ...]


@command.command("preview")
@click.argument("name", required=False, type=Occasion())
@click.option("--all", "everything", is_flag=True, help="Write one HTML page with all letters.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where; else letters.html here.")
@click.option("--reason", type=Kebab(Reason), default=Reason.ACCEPTED_OFFER, help="Why; none = no reason.")
@click.option("--depth", type=Kebab(Depth), help="none, brief or full.")
@click.option("--tone", type=Kebab(Tone), default=Tone.NEUTRAL, help="formal, neutral or warm.")
@click.option("--channel", type=Kebab(Channel), default=Channel.EMAIL_REPLY, help="email-reply, linkedin ...")
@click.option("--lang", "language", metavar="LANG", help="Language; with --all only this one.")
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="State a fact, e.g. position='QA'.")
@shared
def preview(
    *, opts: Options, name: Situation | FollowUp | None, everything: bool, out: Path | None, **options: Any
) -> Result:
    """Show a letter as it would be written in a made-up process, or write the page of all letters.

    NAME is a situation or a follow-up; bowout letters list shows them.
    """
    asked = Asked(**options)
    if everything == (name is not None):
        raise UsageError("preview needs the name of a letter, or --all.", "See: bowout letters list")
    if out is not None and not everything:
        raise UsageError("--out belongs to --all.", "Leave it out, or add --all.")
    if name is None:
        return _page(opts, out or Path("letters.html"), asked.language)
    return _one(opts, name, asked)


def _one(opts: Options, name: Situation | FollowUp, asked: Asked) -> Result:
    from bowout.letters import gallery
    from bowout.letters.wish import Wish

    depth = asked.depth or (Depth.NONE if asked.reason is Reason.NONE else Depth.BRIEF)
    wish = Wish(
        situation=name,
        reason=asked.reason,
        depth=depth,
        tone=asked.tone,
        channel=asked.channel,
        language=asked.language or "en",
        values=pairs(asked.values),
    )
    cell = gallery.cell(gallery.sample(wish), options.letters_dir(opts), options.now())
    text = cell.letter.text if cell.letter else ""
    lines = [*render.letter(text)]
    for finding in cell.findings:
        lines += render.caution(finding.rule, finding.message)
    data = {
        "name": name,
        "text": text,
        "findings": [{"rule": f.rule, "severity": f.severity, "message": f.message} for f in cell.findings],
    }
    return Result(command="letters", data=data, lines=tuple(lines))


def _page(opts: Options, out: Path, language: str | None) -> Result:
    from bowout import files
    from bowout.letters import gallery
    from bowout.letters.templates import languages as known_languages

    folder = options.letters_dir(opts)
    _refuse_foreign(out, gallery.MARK)
    found = sorted(known_languages(folder), key=lambda name: (name != "en", name))
    languages = (language,) if language else tuple(found)
    text = gallery.page(languages, folder, options.now())
    if not opts.dry_run:
        try:
            files.write(out.absolute(), text.encode())
        except OSError as exc:
            raise Failed(
                f"{out} cannot be written: {exc.strerror}.", "Name another file with --out."
            ) from exc
    said = "Would write" if opts.dry_run else "Written:"
    data = {"file": out.absolute(), "languages": languages, "written": not opts.dry_run}
    return Result(
        command="letters", data=data, lines=(f"{said} {render.safe(out)} ({', '.join(languages)}).",)
    )


def _refuse_foreign(out: Path, mark: str) -> None:
    """Only a page that we wrote may be overwritten."""
    try:
        with out.open("rb") as file:
            if mark.encode() in file.read(500):
                return
    except FileNotFoundError:
        return
    except OSError as exc:
        raise UsageError(f"{out} cannot be written: {exc.strerror}.", "Name a file with --out.") from exc
    raise UsageError(
        f"{out} is there already and is no preview of bowout's; it was left alone.", "Name a file with --out."
    )
