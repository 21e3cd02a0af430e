"""The server's figures for whoever watches it, in the form that Prometheus reads."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector
from typing_extensions import override

from chinwag.gateway.gate import Gate
from chinwag.handlers.dispatch import Dispatch
from chinwag.jobs.indexing import Indexing

_LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Vitals(Collector):
    """Reads the parts' own counts when it is asked, and costs nothing before."""

    def __init__(self, gate: Gate, dispatch: Dispatch, indexing: Indexing) -> None:
        self._gate = gate
        self._dispatch = dispatch
        self._indexing = indexing
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._lag = Histogram(
            "chinwag_loop_lag_seconds",
            "How late the event loop comes back to a timer.",
            buckets=_LAG_BUCKETS,
            registry=self._registry,
        )

    def note_lag(self, seconds: float) -> None:
        """Note how late the event loop came back."""
        self._lag.observe(max(0.0, seconds))

    def expose(self) -> bytes:
        """Return all figures as text (Prometheus exposition format 0.0.4)."""
        return generate_latest(self._registry)

    @override
    def collect(self) -> Iterator[Metric]:
        """Read the parts."""
        counts = self._dispatch.counts
        yield GaugeMetricFamily(
            "chinwag_sockets",
            "Open WebSockets.",
            value=len(self._gate.connections),
        )
        yield GaugeMetricFamily(
            "chinwag_live_rooms",
            "Rooms that somebody has open.",
            value=self._gate.hub.live_rooms,
        )
        yield CounterMetricFamily(
            "chinwag_events",
            "Events added to rooms' logs.",
            value=counts.events,
        )
        yield CounterMetricFamily(
            "chinwag_deliveries",
            "Events written to live clients.",
            value=self._gate.hub.deliveries,
        )
        yield GaugeMetricFamily(
            "chinwag_search_behind_rooms",
            "Rooms of which something can't be found by searching yet.",
            value=self._indexing.behind,
        )
        answers = CounterMetricFamily(
            "chinwag_commands",
            "Commands answered, by failure code; `ok` for replies.",
            labels=["code"],
        )
        for code, number in counts.answers.items():
            answers.add_metric([code], number)
        yield answers
        yield SummaryMetricFamily(
            "chinwag_commit_seconds",
            "Batches made durable, and how long they waited for the disk.",
            count_value=counts.commits,
            sum_value=counts.commit_seconds,
        )
