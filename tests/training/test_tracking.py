"""Bifurcations along a run of known fields: found once, at the right step, with their cause."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

from bifbridge import CTRNN, load, load_field, save_field, uniform_grid
from bifbridge.fields import AbstractVectorField
from bifbridge.training.tracking import KernelProbe, OnlineTracker, as_run, track_bifurcations

BASIS = jnp.linalg.qr(jr.normal(jr.key(0), (4, 4)))[0]
WEIGHTS = (BASIS * jnp.array([1.0, 0.3, -0.2, 0.1])) @ BASIS.T


def network(gain, bias=0.0):
    """Its origin has a pitchfork at gain 1; with a bias that unfolds into a fold."""
    return CTRNN(WEIGHTS, gain=gain, bias=bias * BASIS[:, 0])


#: Gains 0.5, 0.6, …, 1.5 at steps 0, 10, …, 100: the pitchfork comes at step 50.
RUN = [network(0.5 + 0.1 * k) for k in range(11)]
STEPS = 10.0 * np.arange(11)
STARTS = jnp.concatenate([jnp.zeros((1, 4)), 2 * BASIS[:, :1].T, -2 * BASIS[:, :1].T])


@pytest.fixture(scope="module")
def track():
    probe = KernelProbe(
        0.05 * jr.normal(jr.key(1), (6, 4)), uniform_grid(20.0, 0.5), names=("weights", "gain")
    )
    return track_bifurcations(
        RUN, STARTS, steps=STEPS, names=["weights", "gain"], search_every=4, probe=probe, window=30
    )


def test_the_pitchfork_is_found_once_and_its_arms_are_picked_up(track):
    (event,) = track.events
    assert event.kind == "pitchfork"
    assert event.step == pytest.approx(50, abs=1e-8)
    # The searches at steps 0, 40 and 80 know the origin, and at 80 both arms are found.
    assert [found.found for found in track.equilibria] == [0, 8, 8]
    assert [found.fate for found in track.equilibria] == ["alive"] * 3
    origin, *arms = track.equilibria
    # At step 50 itself the eigenvalue is zero up to rounding.
    np.testing.assert_array_equal(origin.stable[STEPS != 50], STEPS[STEPS != 50] < 50)
    for arm in arms:
        # They are traced back to the pitchfork: the checkpoint at step 60 is the first past it.
        assert np.isnan(arm.states[:5]).all()
        assert arm.stable[6:].all()
    np.testing.assert_allclose(arms[0].states[6:], -arms[1].states[6:], atol=1e-9)


def test_the_event_says_what_drove_it(track):
    (event,) = track.events
    # Only the gain moves, and μ grows by 0.1 a checkpoint.
    assert event.unfolding_rate == pytest.approx(0.01, rel=1e-8)
    assert event.drivers["gain"] == pytest.approx(1)
    assert event.drivers["weights"] == pytest.approx(0)
    assert event.as_dict()["driver"] == "gain"


def test_the_kernel_collapses_at_the_event_as_predicted(track):
    (event,) = track.events
    assert event.rank_at < event.rank_before
    assert event.agreement is not None
    assert event.agreement.operator_cosine > 0.95
    assert "participation ratio" in repr(event)


def test_the_track_becomes_a_table_and_a_dataset(track):
    data = track.to_xarray()
    assert dict(data.sizes) == {
        "equilibrium": 3, "checkpoint": 11, "unit": 4, "eigenvalue": 4, "event": 1,
    }  # fmt: skip
    assert data["event_kind"].item() == "pitchfork"
    table = pytest.importorskip("pandas") and track.to_dataframe()
    assert table.loc[0, "step"] == pytest.approx(50)
    assert repr(track).startswith("3 equilibria over 11 checkpoints (3 alive)\n  step 50, ")


def test_the_learning_diagram_shows_arms_event_and_panels(track):
    pytest.importorskip("matplotlib")
    from bifbridge.plotting import critical_direction, plot_track

    np.testing.assert_allclose(abs(critical_direction(track) @ BASIS[:, 0]), 1, atol=1e-8)
    figure = plot_track(track, loss=(STEPS, np.exp(-STEPS)))
    top, loss, rank = figure.axes
    assert [ax.get_ylabel() for ax in (loss, rank)] == ["loss", "participation ratio"]
    pieces = [line for line in top.get_lines() if line.get_label() == "unstable"]
    # The origin is unstable from the event on, not from the next checkpoint.
    assert min(np.asarray(line.get_xdata())[0] for line in pieces) == pytest.approx(50, abs=1e-6)
    (marker,) = [line for line in top.get_lines() if line.get_label() == "pitchfork"]
    assert np.asarray(marker.get_ydata())[0] == pytest.approx(0, abs=1e-8)
    np.testing.assert_allclose(np.asarray(rank.get_lines()[0].get_xdata()), [20, 50, 80], atol=1e-8)


def test_a_fold_ends_two_equilibria_and_is_one_event():
    """At gain 1.5 a growing bias takes one stable state and the saddle away."""
    run = [network(1.5, 0.03 * k) for k in range(11)]
    track = track_bifurcations(run, STARTS, names=["bias"], search_every=20)
    (event,) = track.events
    assert event.kind == "fold"
    assert sorted(found.fate for found in track.equilibria) == [
        "alive", "lost in a fold", "lost in a fold",
    ]  # fmt: skip
    # Along the first basis vector only: b = −(−a + 1.5 v·W tanh(a v)) is largest at the fold.
    a = np.linspace(-3, 0, 200001)
    direction = np.asarray(BASIS[:, 0])
    assert event.drivers["bias"] == pytest.approx(1)
    assert 0 < event.step < 10
    state = event.event.state @ direction
    assert a.min() < state < 0


def test_a_birth_between_two_searches_is_found_where_it_happened():
    """The fold run backwards: a pair of equilibria appears, and no search looks near it."""
    run = [network(1.5, 0.03 * k) for k in range(10, -1, -1)]
    track = track_bifurcations(run, STARTS, names=["bias"], search_every=20)
    (event,) = track.events
    assert event.kind == "fold"
    assert event.drivers["bias"] == pytest.approx(1)
    again = track_bifurcations(run[::-1], STARTS, names=["bias"], search_every=20)
    assert event.step == pytest.approx(10 - again.events[0].step, abs=1e-7)
    born = [k for k in track.equilibria if k.found == 10]
    assert len(born) == 2
    first = int(np.ceil(event.step))
    for one in born:
        assert np.isnan(one.states[: first - 1]).all()
        assert np.isfinite(one.states[first:]).all()


class Turning(AbstractVectorField):
    """A Hopf point at r = 0, cycles of radius √r and period π beyond it, and a damped third."""

    r: jax.Array

    def __call__(self, t, z, u):
        turn = jnp.array([[0.0, -2.0], [2.0, 0.0]])
        plane = z[:2]
        return jnp.append((self.r - plane @ plane) * plane + turn @ plane, -z[2])


@pytest.mark.parametrize("backwards", [False, True])
def test_cycles_are_followed_from_their_hopf_point_and_saved(backwards, tmp_path):
    """Forwards where they are born, backwards where they vanish; radius and period are known."""
    rates = np.array([-0.4, 0.1, 0.6, 1.1])[:: -1 if backwards else 1]
    run = [Turning(jnp.array(r)) for r in rates]
    track = track_bifurcations(run, jnp.zeros((1, 3)), cycles=True, search_every=20)
    (event,), (orbit,) = track.events, track.cycles
    assert event.kind == "hopf"
    assert orbit.hopf == pytest.approx(2.2 if backwards else 0.8, abs=1e-8)
    assert orbit.fate == "alive"
    there = rates > 0
    np.testing.assert_array_equal(orbit.stable, there)
    np.testing.assert_allclose(orbit.periods[there], np.pi, rtol=1e-6)
    np.testing.assert_allclose(orbit.amplitudes()[there], np.sqrt(rates[there]), rtol=1e-4)
    assert np.isnan(orbit.periods[~there]).all()
    low, high = orbit.extremes(np.array([1.0, 0.0, 0.0]))
    np.testing.assert_allclose(high, -low, rtol=1e-3)
    data = track.to_xarray()
    assert data["cycle_period"].dims == ("cycle", "checkpoint")
    assert "cycles from the Hopf point" in repr(track)
    (loaded,) = load(track.save(tmp_path / "track.nc")).cycles
    for one, other in zip(loaded.cycles, orbit.cycles, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            np.testing.assert_array_equal(one.nodes, other.nodes)
            np.testing.assert_array_equal(one.multipliers, other.multipliers)
    assert (loaded.hopf, loaded.fate, loaded.end) == (orbit.hopf, orbit.fate, orbit.end)


def test_conditions_have_equilibria_of_their_own():
    def field(gain):
        return CTRNN(WEIGHTS, gain=gain, input_weights=BASIS[:, :1])

    run = [field(0.5 + 0.1 * k) for k in range(11)]
    conditions = {"rest": jnp.zeros(1), "driven": jnp.array([0.5])}
    track = track_bifurcations(
        run, STARTS[:1], steps=STEPS, names=["gain"], conditions=conditions, search_every=20
    )
    assert [event.condition for event in track.events] == ["rest"]
    assert {found.condition for found in track.equilibria} == {"rest", "driven"}


def test_checkpoints_may_be_files(tmp_path):
    paths = []
    for k, field in enumerate(RUN[3:8]):
        paths.append(tmp_path / f"{k}.eqx")
        save_field(paths[-1], field)
    run = as_run(paths, steps=STEPS[3:8], load=load_field)
    np.testing.assert_allclose(run.field(35.0).gain, 0.85)
    track = track_bifurcations(run, STARTS[:1], names=["gain"], search_every=20)
    assert track.events[0].step == pytest.approx(50, abs=1e-8)


def test_the_online_tracker_finds_it_in_one_look():
    tracker = OnlineTracker(np.zeros(4), names=["gain"], budget=1.0)
    told = []
    for step in range(3, 100, 6):
        told += tracker(step, network(0.5 + 0.01 * step))
    assert [event.kind for event in told] == ["pitchfork"]
    assert told[0].step == pytest.approx(50, abs=1e-8)
    assert tracker.looks == 1
    assert tracker.alive


def test_the_online_tracker_keeps_to_its_budget_and_catches_up_at_the_end():
    tracker = OnlineTracker(np.zeros(4), names=["gain"], budget=1e-9)
    tracker.spent = 1.0
    for step in range(0, 101, 10):
        tracker(step, network(0.5 + 0.01 * step + 0.001))
    assert tracker.looks == 0
    assert tracker.spent == pytest.approx(1, abs=0.05)
    generous = OnlineTracker(np.zeros(4), names=["gain"], budget=1.0)
    generous._affordable = lambda cost: not generous._waiting  # looks have to wait
    for step in range(0, 101, 10):
        assert generous(step, network(0.5 + 0.01 * step + 0.001)) == []
    (event,) = generous.finish()
    assert event.step == pytest.approx(49.9, abs=1e-8)
    assert generous.looks == 1


def test_the_online_tracker_sees_its_equilibrium_vanish():
    """At gain 1.5 a growing bias takes the state away in a fold, which is told once."""
    tracker = OnlineTracker(STARTS[1], names=["bias"], budget=1.0)
    told = []
    for step in range(11):
        told += tracker(step, network(1.5, -0.03 * step))
    assert [event.kind for event in told] == ["fold"]
    assert not tracker.alive


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: as_run(RUN, steps=[1.0]), "1 steps for 11 checkpoints"),
        (lambda: as_run(RUN, steps=np.zeros(11)), "must increase"),
        (lambda: as_run([]), "K ≥ 1"),
        (lambda: as_run(RUN).field(11.0), "got step 11"),
        (lambda: track_bifurcations(RUN, STARTS, search_every=0), "search_every=0"),
        (lambda: OnlineTracker(np.zeros(4), budget=0.0), r"budget=0\.0"),
    ],
)
def test_impossible_requests_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_run_between_checkpoints_is_straight():
    run = as_run(RUN, steps=STEPS)
    assert eqx.tree_equal(run.field(30.0), RUN[3])
    np.testing.assert_allclose(run.field(34.0).gain, 0.84)
