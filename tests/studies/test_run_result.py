"""A run as a result: loaded from its folder as far as it came, and from a single file."""

import numpy as np
import pytest

import bifbridge as bb
from bifbridge.fields import flatten_parameters
from bifbridge.studies._task_run import TaskRunConfig, run_task
from bifbridge.studies.student_teacher import StudentTeacherConfig, open_run_folder
from bifbridge.studies.student_teacher._setup import set_up
from bifbridge.training import Run, start_training, train, write_block
from bifbridge.training.tracking import as_run
from tests.report.helpers.synthetic_run import run_summary, run_tree, write_run
from tests.test_reprs import assert_short


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "sine"
    config = TaskRunConfig(
        task="sine-generator", units=4, trials=2, steps=5, optimizer="sgd", learning_rate=0.1,
        checkpoint_every=2,
    )  # fmt: skip
    run_task(config, folder)
    return folder


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A student-teacher run that stopped after its first block."""
    config = StudentTeacherConfig(
        units=4, trials=4, horizon=4.0, steps=9, teacher_eigenvalues=(1.5, 0.5), checkpoint_every=3
    )
    folder = open_run_folder(tmp_path_factory.mktemp("runs") / "stopped", config)
    experiment = set_up(config)
    loss, theta = experiment.training_loss()
    state = start_training(theta, experiment.optimiser)
    block = next(iter(train(loss, state, experiment.optimiser, steps=9, block_size=3)))
    write_block(folder.checkpoints, block)
    return folder.path


def test_a_run_of_train_is_loaded_with_config_losses_and_checkpoints(trained):
    run = bb.load(trained)
    assert (run.program, run.finished, run.config["units"]) == ("train", True, 4)
    np.testing.assert_array_equal(run.steps, np.arange(5))
    assert run.losses[0] == run.summary["loss"]["initial"]
    path = run.checkpoints()
    assert path.n_steps == 5
    theta, _ = flatten_parameters(bb.load_field(trained / "field.eqx"))
    np.testing.assert_array_equal(flatten_parameters(path.field(5))[0], theta)
    assert repr(run).startswith("Run of train, finished: 5 steps, loss ")
    assert_short(repr(run))


def test_tracking_walks_along_a_loaded_run(trained):
    run = as_run(bb.load(trained), steps=[0, 2, 5])
    np.testing.assert_array_equal(
        flatten_parameters(run.load(2))[0],
        flatten_parameters(bb.load(trained).checkpoints().field(5))[0],
    )


def test_an_interrupted_run_is_loaded_as_far_as_it_came(interrupted):
    run = bb.load(interrupted)
    assert (run.program, run.finished, run.events) == ("student-teacher", False, [])
    assert (run.config["units"], run.losses.size, run.checkpoints().n_steps) == (4, 3, 3)
    assert "not finished: 3 steps" in repr(run)


def test_a_finished_student_teacher_run_shows_its_bifurcations(tmp_path):
    run = bb.load(write_run(tmp_path / "run"))
    assert run.finished
    assert run.tree.equals(run_tree())
    assert run.summary == run_summary()
    assert f"step {run.events[0]['step']:.6g}: " in repr(run)
    assert_short(repr(run))


@pytest.mark.parametrize("kind", ["train", "interrupted", "finished"])
def test_a_run_comes_back_from_a_single_file(kind, trained, interrupted, tmp_path):
    folder = {"train": trained, "interrupted": interrupted}.get(kind) or write_run(tmp_path / "run")
    run = bb.load(folder)
    loaded = bb.load(run.save(tmp_path / "copy.nc"))
    assert isinstance(loaded, Run)
    assert loaded.tree.equals(run.tree)
    assert loaded.summary == run.summary
    assert loaded.program == run.program
    # What JSON has no word for, such as tuples, has become lists.
    assert {key: _listed(x) for key, x in run.config.items()} == dict(loaded.config)
    with pytest.raises(bb.errors.RunFolderError, match="no checkpoints; load its folder"):
        loaded.checkpoints()


def _listed(value):
    return list(value) if isinstance(value, tuple) else value


def test_a_run_file_of_an_earlier_release_is_loaded(tmp_path):
    folder = write_run(tmp_path / "run")  # it has a kind and a schema_version, and no format
    assert bb.load(folder / "run.nc").tree.equals(run_tree())


@pytest.mark.parametrize("kind", ["train", "finished"])
def test_a_run_is_a_table_and_a_picture(kind, trained, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("pandas")
    from matplotlib.figure import Figure

    run = bb.load(trained if kind == "train" else write_run(tmp_path / "run"))
    table = run.to_dataframe()
    known = table.dropna(subset="loss")
    np.testing.assert_array_equal(known["loss"], run.losses)
    assert ("participation_ratio" in table) == (kind == "finished")
    shown = run._repr_html_()
    assert shown.startswith("<table>")
    assert shown.count("<img ") == 1
    axes = Figure().subplots()
    assert run.plot(ax=axes) is axes
    assert len(run.plot().figure.axes) == (1 if kind == "train" else 3)


def test_a_damaged_run_folder_is_said_in_one_sentence(interrupted, tmp_path):
    import shutil

    with pytest.raises(bb.errors.RunFolderError, match="holds no run: there is neither"):
        bb.load(tmp_path)
    folder = tmp_path / "run"
    shutil.copytree(interrupted, folder)
    for block in (folder / "checkpoints").iterdir():
        block.write_bytes(b"cut")
    with (
        pytest.warns(UserWarning, match="damaged"),
        pytest.raises(bb.errors.RunFolderError, match="holds no checkpoint yet"),
    ):
        bb.load(folder)
    (folder / "config.toml").write_text("units = [")
    with pytest.raises(bb.errors.ConfigError, match=r"config\.toml: cannot be read as TOML"):
        bb.load(folder)
