"""What fits into memory: read from the machine, kept to, and said where it does not."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge import StateSpaceNTK, _memory, linearise, random_ctrnn, uniform_grid
from bifbridge.errors import MemoryBoundError
from bifbridge.fields import flatten_parameters
from bifbridge.sntk import spectrum
from bifbridge.sntk._spectrum import is_small
from bifbridge.training import GaussNewton, ParameterResiduals, imitation_task, natural_gradient
from bifbridge.training.tracking import KernelProbe

GRID = uniform_grid(2.0, 0.25)
FIELD = random_ctrnn(3, key=jr.key(0))
STARTS = jr.normal(jr.key(1), (4, 3))
NUMBERS = 4 * 3 * GRID.n_steps


def allow(monkeypatch, count):
    """Let one piece take so many bytes."""
    monkeypatch.setenv(_memory.VARIABLE, str(4 * count))


def test_the_machine_is_asked(monkeypatch, tmp_path):
    monkeypatch.delenv(_memory.VARIABLE, raising=False)
    info = tmp_path / "meminfo"
    info.write_text("MemTotal: 9 kB\nMemAvailable:   2000 kB\n")
    monkeypatch.setattr(_memory, "_MEMINFO", info)
    monkeypatch.setattr(_memory, "_CGROUP", tmp_path)
    assert _memory.available_bytes() == 2_048_000
    (tmp_path / "memory.current").write_text("100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert _memory.available_bytes() == 2_048_000
    (tmp_path / "memory.max").write_text("1000000\n")
    assert _memory.available_bytes() == 900_000
    assert _memory.budget() == 225_000


@pytest.mark.parametrize("text", ["much", "-1", "0", "inf"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, text):
    monkeypatch.setenv(_memory.VARIABLE, text)
    with pytest.raises(ValueError, match="expected bytes"):
        _memory.available_bytes()


def test_stages_are_kept_where_they_fit_and_else_computed_again(monkeypatch):
    allow(monkeypatch, 120 * NUMBERS)
    assert not _memory.recompute_stages(4, 3, GRID.n_steps)
    allow(monkeypatch, 120 * NUMBERS - 1)
    assert _memory.recompute_stages(4, 3, GRID.n_steps)
    allow(monkeypatch, 8 * NUMBERS - 1)
    with pytest.raises(MemoryBoundError, match="at most 3 trials"):
        _memory.recompute_stages(4, 3, GRID.n_steps)


def test_pieces_of_training_do_with_less_and_give_the_same(monkeypatch):
    probe = KernelProbe(STARTS, GRID, ("weights",))
    task = imitation_task(FIELD, jnp.eye(3), STARTS, GRID)
    student = random_ctrnn(3, key=jr.key(2))
    theta, _ = flatten_parameters(student, ["weights"])
    curvature = GaussNewton(ParameterResiduals(task, student, ("weights",)))

    def found():
        product = curvature.at(theta, lambda v: v).product(theta[:, None])
        return probe.effective_rank(student), np.asarray(product)

    allow(monkeypatch, 10**9)
    roomy = found()
    allow(monkeypatch, 100 * NUMBERS)
    tight = found()
    np.testing.assert_allclose(tight[0], roomy[0], rtol=1e-11)
    np.testing.assert_allclose(tight[1], roomy[1], rtol=1e-11)
    allow(monkeypatch, 100)
    with pytest.raises(MemoryBoundError, match="a quarter of what is available"):
        found()


def test_what_is_written_out_is_refused_where_it_does_not_fit(monkeypatch):
    sensitivity = linearise(FIELD, STARTS, GRID, names=["weights"])
    ntk = StateSpaceNTK(sensitivity)
    size = 8 * 9 * sensitivity.trajectories.size
    allow(monkeypatch, size)
    assert is_small(ntk)
    exact = spectrum(ntk, k=1).eigenvalues[0]
    allow(monkeypatch, size - 1)
    assert not is_small(ntk)
    free = spectrum(ntk, k=1)
    assert 0 < abs(free.eigenvalues[0] - exact) <= free.residuals[0]
    with pytest.raises(MemoryBoundError, match="Leave it as products"):
        ntk.materialise()
    optimiser = natural_gradient(0.1, GaussNewton(lambda x: x))
    theta = jnp.ones(40)
    with pytest.raises(MemoryBoundError, match="low_rank_natural_gradient"):
        optimiser.update(theta, optimiser.init(theta), theta)
