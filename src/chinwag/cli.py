"""The command line: what one may type, and how a bad start is told in one sentence."""

import contextlib
import difflib
import gc
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts.validators import Number

from chinwag import __version__, banner, config, failpoints
from chinwag.config import ROWS, Row
from chinwag.errors import StartError
from chinwag.ids import SystemDice

Command = Callable[..., int]
Target = Annotated[Path, cyclopts.Parameter(help="Where the copy goes.")]
Source = Annotated[Path, cyclopts.Parameter(help="What `chinwag backup` made.")]

People = Annotated[int, cyclopts.Parameter(validator=Number(gte=2, lte=3_000))]
Rate = Annotated[float, cyclopts.Parameter(validator=Number(gte=0.5, lte=200))]
Seconds = Annotated[float, cyclopts.Parameter(validator=Number(gte=1, lte=60))]
Milliseconds = Annotated[float, cyclopts.Parameter(validator=Number(gte=1))]
HERE = f"http://127.0.0.1:{config.Settings().port}"

line = cyclopts.App(
    name="chinwag",
    help="Open a link and talk. Without a command, Chinwag is served.",
    help_format="plaintext",
    help_epilogue=(
        "Each setting is also a variable of the environment (--public-url is "
        "CHINWAG_PUBLIC_URL) and a key of chinwag.toml (public_url). "
        "A flag beats a variable, a variable beats the file."
    ),
    version=__version__,
    result_action="return_value",
)


def with_flags(*only: str) -> Callable[[Command], Command]:
    """Give a command the settings as flags: all of them, or `only` those named."""

    def decorate(command: Command) -> Command:
        own = inspect.signature(command).parameters.values()
        kept = [each for each in own if each.kind is not each.VAR_KEYWORD]
        flags = [_flag(row) for row in ROWS if not only or row.name in only]
        command.__dict__["__signature__"] = inspect.Signature([*kept, *flags])
        return command

    return decorate


def _flag(row: Row) -> inspect.Parameter:
    described = cyclopts.Parameter(
        name=row.flag,
        help=row.meaning,
        metavar=row.shape,
        show_default=row.default,
    )
    return inspect.Parameter(
        row.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, described],
    )


@line.default
@line.command
@with_flags()
def serve(**flags: str) -> int:
    """Serve the page, HTTP and WebSockets until SIGTERM, SIGINT or Ctrl+C."""
    settings = config.load(flags, os.environ)
    failpoints.arm(os.environ.get(failpoints.VARIABLE, ""))
    # What is loaded stays: there is nothing to collect until all is there.
    gc.disable()
    # Help, versions and mistakes are told without loading the whole server.
    from chinwag import app  # noqa: PLC0415

    app.serve(settings, announce=banner.announce)
    return 0


@line.command(name="doctor")
@with_flags("data", "config")
def examine(**flags: str) -> int:
    """Look at what Chinwag stands on here, and say what is wrong with it."""
    settings = config.load(flags, os.environ)
    from chinwag import doctor  # noqa: PLC0415

    findings = doctor.examine(settings)
    for finding in findings:
        print(f"{finding.verdict:4}  {finding.sentence}")
    return 1 if any(each.verdict is doctor.Verdict.BAD for each in findings) else 0


@line.command
@with_flags("data", "config")
def backup(file: Target, /, **flags: str) -> int:
    """Copy the database to FILE, a new one, while Chinwag goes on running."""
    settings = config.load(flags, os.environ)
    from chinwag.store import backup as copies  # noqa: PLC0415

    copies.backup(settings.data, file)
    print(f"The backup is in {file}.")
    return 0


@line.command
@with_flags("data", "config")
def restore(file: Source, /, **flags: str) -> int:
    """Put the backup FILE in the database's place, while nothing runs."""
    settings = config.load(flags, os.environ)
    from chinwag.store import backup as copies  # noqa: PLC0415

    kept = copies.restore(settings.data, file, new_epoch=SystemDice().token)
    print(f"The database is as {file} has it.")
    if kept:
        print(f"What it was before is in {kept}.")
    return 0


@line.command(name="bench")
def try_out(  # noqa: PLR0913 - an operator may choose so much
    *,
    url: str = HERE,
    people: People = 300,
    rate: Rate = 10.0,
    seconds: Seconds = 5.0,
    most_ms: Milliseconds = 250.0,
    elsewhere: bool = False,
    json: bool = False,
) -> int:
    """Fill a room of a running Chinwag, step by step, and tell how many it holds.

    Args:
        url: Where it runs; on this machine, unless --elsewhere.
        people: With how many it ends.
        rate: How many messages all of them say in a second.
        seconds: For how long they talk at each step.
        most_ms: How long a message may take to one of a hundred who hear it.
        elsewhere: It runs on another machine, and is ours.
        json: Print every step as JSON instead of a table.
    """
    from chinwag import trial  # noqa: PLC0415

    address = trial.find_socket(url, elsewhere=elsewhere)
    steps = trial.run(
        address,
        trial.Extent(people=people, rate=rate, seconds=seconds, most_ms=most_ms),
        tell=(lambda _: None) if json else print,
    )
    print(trial.to_json(steps, most_ms) if json else trial.conclude(steps, most_ms))
    return 0 if steps[0].holds(most_ms) else 1


@line.command
def version() -> int:
    """Tell which Chinwag this is."""
    print(__version__)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit status."""
    tokens = sys.argv[1:] if arguments is None else list(arguments)
    try:
        status = line(tokens, exit_on_error=False, print_error=False)
    except cyclopts.CycloptsError as error:
        _complain(misunderstood(error))
        return 2
    except StartError as error:
        _complain(str(error))
        return error.exit_status
    return status if isinstance(status, int) else 0


def _complain(sentence: str) -> None:
    # Where it can't be written, as on a full disk, the exit status still tells.
    with contextlib.suppress(OSError):
        print(sentence, file=sys.stderr)


def misunderstood(error: cyclopts.CycloptsError) -> str:
    """Return one sentence about a command line that cannot be read."""
    if isinstance(error, cyclopts.UnusedCliTokensError) and error.unused_tokens:
        word = error.unused_tokens[0]
        verbs = [name for name in line if not name.startswith("-")]
        near = difflib.get_close_matches(word, verbs, n=1)
        hint = f"did you mean {near[0]}?" if near else "`chinwag --help` lists them."
        return f"{word} is no command: {hint}"
    return " ".join(str(error).split())
