"""What tests cost, as recorded: which are slow, and which files to start with.

`pytest -n 2 --record-seconds` writes the processor time of tests and shared fixtures that took more
than a second into `seconds.json`, and leaves there what did not run. These are slow.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

RECORD = Path(__file__).with_suffix(".json")


def spent() -> float:
    """Seconds of processor time, in this process and in those it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def file_of(name: str) -> str:
    """The file of a test or a fixture."""
    return name.split("::", maxsplit=1)[0]


def is_slow(item: pytest.Item, record: dict[str, float]) -> bool:
    """Whether a test is in the record, or a fixture of its file that it uses."""
    shared = (f"{file_of(item.nodeid)}::{name}" for name in getattr(item, "fixturenames", ()))
    return any(name in record for name in (item.nodeid, *shared))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]):
    """Mark what is slow before any is deselected; then put the files that take longest first.

    Processes that take one file after the other (--dist=loadfile) so end at about the same time.
    """
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    for item in items:
        if is_slow(item, record):
            item.add_marker("slow")
    yield
    files: defaultdict[str, float] = defaultdict(float)
    for name, seconds in record.items():
        files[file_of(name)] += seconds
    items.sort(key=lambda item: -files[file_of(item.nodeid)])


class Recorder:
    """Measures tests and fixtures of modules in each process; the first one writes the record."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.shared = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        before = spent()
        try:
            return (yield)
        finally:
            if fixturedef.scope == "module":
                self.shared += spent() - before
                self.seconds[f"{fixturedef.baseid}::{fixturedef.argname}"] += spent() - before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        before, self.shared = spent(), 0.0
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] += spent() - before - self.shared

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        for name, time in getattr(node, "workeroutput", {}).get("seconds", {}).items():
            self.seconds[name] += time

    def pytest_sessionfinish(self, session):
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["seconds"] = dict(self.seconds)
            return
        # What did not run this time keeps its place.
        found = json.loads(RECORD.read_text(encoding="utf-8")) | self.seconds
        kept = {name: round(time, 1) for name, time in sorted(found.items()) if time >= 1}
        RECORD.write_text(f"{json.dumps(kept, indent=1)}\n", encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that records."""
    parser.addoption("--record-seconds", action="store_true", help=f"write {RECORD.name} anew")


def pytest_configure(config: pytest.Config) -> None:
    """Record where that was asked for."""
    if config.getoption("record_seconds"):
        config.pluginmanager.register(Recorder())
