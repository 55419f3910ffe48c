"""What the tests of the Julia engine share; those that need Julia say why they skip."""

import pytest

from bifbridge.continuation.bifurcationkit._installation import find_installation
from bifbridge.continuation.bifurcationkit._runtime import _Process, julia


@pytest.fixture(scope="session")
def live_julia():
    """The running Julia, or a skip that says what is missing."""
    found = find_installation()
    if not found.ready:
        missing = " ".join(problem.what for problem in found.problems)
        pytest.skip(f"needs Julia with BifurcationKit: {missing}")
    return julia()


@pytest.fixture
def no_julia_yet(monkeypatch):
    """A process that never started Julia, whatever other tests did."""
    monkeypatch.setattr(_Process, "runtime", None)
    monkeypatch.setattr(_Process, "failure", None)
