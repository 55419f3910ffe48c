"""Files that release 0.1 wrote, one of each kind, are read and say what they said then."""

import json
from pathlib import Path

import numpy as np
import pytest

import bifbridge as bb

FOLDER = Path(__file__).parent.parent / "reference" / "files_0_1"
TOLD = json.loads((FOLDER / "told.json").read_text())


@pytest.mark.parametrize("name", TOLD)
def test_a_file_of_release_0_1_is_read_with_every_number_of_its_text(name):
    assert repr(bb.load(FOLDER / f"{name}.nc")) == TOLD[name]


@pytest.mark.parametrize("name", TOLD)
def test_what_was_read_is_written_in_the_present_schema_and_read_again(name, tmp_path):
    old = bb.load(FOLDER / f"{name}.nc")
    new = bb.load(old.save(tmp_path / "new.nc"))
    assert repr(new) == repr(old)
    assert len(new.to_dataframe()) == len(old.to_dataframe())


def test_a_curve_of_release_0_1_has_its_parameters_states_and_tests():
    curve = bb.load(FOLDER / "fold-curve.nc")
    p, q = curve.parameters.T
    np.testing.assert_allclose(27 * p**2, 4 * q**3, atol=1e-10)
    np.testing.assert_allclose(3 * curve.states[:, 0] ** 2, q, atol=1e-10)
    np.testing.assert_allclose(np.abs(curve.tests["quadratic"]), 3 * np.abs(curve.states[:, 0]))
    assert curve.kind == "fold"


def test_cycles_of_release_0_1_are_followed_further():
    cycles = bb.load(FOLDER / "cycles.nc")

    def field(z, p):
        square = z @ z
        return (p + square - square**2) * z + np.array([[0.0, -1.0], [1.0, 0.0]]) @ z

    longer = cycles.resume(field, (-0.5, 0.4), bb.cycles.CycleEngine(step=0.1, max_step=0.3))
    assert longer.parameters[-1] == 0.4
    np.testing.assert_array_equal(longer.parameters[: len(cycles)], cycles.parameters)
    assert [point.kind for point in longer.special_points] == ["cycle_fold"]
