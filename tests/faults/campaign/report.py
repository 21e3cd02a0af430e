"""The report of all campaigns so far, for people: `docs/proof/report.md`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tests.faults.campaign.ledger import LEDGER, Run, add_up, list_faults, played
from tests.faults.campaign.playing import MOMENT_SECONDS, replay
from tests.faults.campaign.plot import plot
from tests.faults.campaign.rota import PROMISES, Promise
from tests.faults.campaign.suites import SUITES

REPORT = LEDGER.with_name("report.md")
PLOT = LEDGER.with_name("acknowledged.svg")
MOST_FAULTS = 40
COUNTED_SINCE = ["kills", "acknowledged", "cuts", "places", "disks filled"]
HEAD = ["scenario", "rounds", "minutes", "counted", "at most", "rounds at fault"]

OPENING = """\
# What was proved, and how often

Real servers on real files are killed, frozen, starved, cut off and restarted while
people talk on them. All that their devices did and saw is noted, and a checker holds it
against the log that is left. "0" means: the checker found none.

Run it yourself: `make proof`, or `python -m tests.faults.campaign --minutes 10`. Runs
add up in [the ledger](ledger.json); this page is made from it, by no hand.
"""


def write_report(runs: Sequence[Run], place: Path = REPORT) -> None:
    """Write the page and its picture."""
    moments = [moment for run in runs for moment in run["moments"]]
    picture = plot(moments, MOMENT_SECONDS)
    place.with_name(PLOT.name).write_text(picture, encoding="utf-8")
    parts = [
        OPENING,
        *_promises(runs),
        *_since_the_last_fault(runs),
        f"![Messages acknowledged and faults made over time]({PLOT.name})\n",
        *_scenarios(runs),
        *_suites(runs),
        *_instruments(),
        *_missing(runs),
        *_faults(runs),
        *_runs(runs),
    ]
    place.write_text("\n".join(parts), encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |\n"
        for line in lines
    )


def _promises(runs: Sequence[Run]) -> Iterator[str]:
    yield "## Promises\n"
    yield table(
        ["", "promise", "counted", "violations"],
        [
            (each.name, each.words, _counted(runs, each), _violations(runs, each))
            for each in PROMISES
        ],
    )


def _counted(runs: Sequence[Run], promise: Promise) -> str:
    total = add_up(runs, *promise.scenarios) if promise.scenarios else add_up(runs)
    found = [f"{total[what]:,} {what}" for what in promise.counts if total[what]]
    return ", ".join(found) or "not run yet"


def _violations(runs: Sequence[Run], promise: Promise) -> int:
    return sum(
        name in promise.scenarios
        or any(sentence.startswith(f"{kind} in ") for kind in promise.kinds)
        for name, _, sentence in list_faults(runs)
    )


def _since_the_last_fault(runs: Sequence[Run]) -> Iterator[str]:
    """Add up the runs that came after anything went wrong, if anything ever did."""
    at_fault = [n for n, run in enumerate(runs) if _find_fault(run)]
    if not at_fault:
        return
    since = runs[at_fault[-1] + 1 :]
    yield "## Since the last fault\n"
    if not since:
        yield "Nothing was run since.\n"
        return
    total = add_up(since)
    found = [f"{total[what]:,} {what}" for what in COUNTED_SINCE if total[what]]
    suites = sorted({name for run in since for name in run["suites"]})
    minutes = sum(kept["seconds"] for _, kept in played(since)) / 60
    yield (
        f"The runs from {since[0]['began']} on found none: {minutes:.1f} minutes of"
        f" scenarios, {', '.join(found) or 'nothing counted'}; and of the programs"
        f" below: {', '.join(suites) or 'none'}.\n"
    )


def _found(run: Run) -> str:
    """Return what a run came to, and what the ledger says of it by hand."""
    found = "a fault" if _find_fault(run) else "none"
    return f"{found}: {run['note']}" if "note" in run else found


def _find_fault(run: Run) -> bool:
    """Tell whether a run found a violation, or a program of its own that failed."""
    suites = run["suites"].values()
    return any(list_faults([run])) or any(kept["status"] for kept in suites)


def _scenarios(runs: Sequence[Run]) -> Iterator[str]:
    yield "## Scenarios\n"
    kept = sorted(played(runs), key=lambda each: each[0])
    rows: list[Sequence[object]] = []
    for name, several in groupby(kept, key=lambda each: each[0]):
        all_of_it = [each for _, each in several]
        counts = add_up(runs, name)
        figures: Counter[str] = Counter()
        for each in all_of_it:
            figures |= Counter(each.get("figures", {}))
        rows.append(
            (
                f"`{name}`",
                sum(each["rounds"] for each in all_of_it),
                f"{sum(each['seconds'] for each in all_of_it) / 60:.1f}",
                ", ".join(f"{n:,} {what}" for what, n in sorted(counts.items())),
                ", ".join(f"{n:,} {what}" for what, n in sorted(figures.items())),
                sum(len(each["faults"]) for each in all_of_it),
            )
        )
    yield table(HEAD, rows)


def _suites(runs: Sequence[Run]) -> Iterator[str]:
    rows = [
        (name, SUITES[name].words, f"`{kept['command']}`", kept["said"], kept["status"])
        for run in runs
        for name, kept in run["suites"].items()
        if name in SUITES
    ]
    if rows:
        yield "## Programs of their own\n"
        yield table(["", "what", "command", "said", "exit status"], rows)


def _instruments() -> Iterator[str]:
    """Return which planted bugs and broken histories there are, all of them caught."""
    from tests.faults.campaign.catalogue import list_broken, list_planted  # noqa: PLC0415 - it reads every part

    planted, broken = list_planted(), list_broken()
    if planted:
        yield "## Planted bugs\n"
        yield "Each is put into a server on purpose; the tests fail if one is missed.\n"
        yield table(["bug", "what it does, or how it is seen", "caught by"], planted)
    if broken:
        yield "## Broken histories\n"
        yield "Each is shown to the checker; the tests fail if one passes.\n"
        yield table(["kind", "histories", "flagged"], broken)


def _missing(runs: Sequence[Run]) -> Iterator[str]:
    missing = {name: why for run in runs for name, why in run["missing"].items()}
    # What one run lacked another may have had.
    done = {name for name, _ in played(runs)} | {n for r in runs for n in r["suites"]}
    left = {name: why for name, why in missing.items() if name not in done}
    yield "## Not proved here\n"
    lines = [f"- `{name}`: {why}." for name, why in sorted(left.items())]
    yield "\n".join([*lines, *NEVER_HERE, ""])


NEVER_HERE = [
    "- P14 to P17 (PostgreSQL, brokers, several nodes): not built yet.",
    "- A disk that lies about a sync: no software can tell.",
]


def _faults(runs: Sequence[Run]) -> Iterator[str]:
    found = list(list_faults(runs))
    yield "## Violations\n"
    if not found:
        yield "None.\n"
        return
    yield "\n".join(
        f"- `{replay(name, seed)}`: {sentence}"
        for name, seed, sentence in found[:MOST_FAULTS]
    )
    yield ""


def _runs(runs: Sequence[Run]) -> Iterator[str]:
    yield "## Runs\n"
    yield table(
        ["began", "commit", "minutes", "command", "found"],
        [
            (
                run["began"],
                run["commit"] + (" and changes" if run["changed"] else ""),
                f"{run['seconds'] / 60:.1f}",
                f"`{run['command']}`",
                _found(run),
            )
            for run in runs
        ],
    )
    machines = {tuple(run["machine"].items()) for run in runs}
    for machine in sorted(machines):
        yield f"Machine: {', '.join(f'{name} {value}' for name, value in machine)}.\n"
