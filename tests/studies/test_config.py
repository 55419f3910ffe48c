"""A configuration is either complete and possible, or refused in one sentence."""

import pytest

from bifbridge._errors import ConfigError, RunFolderError
from bifbridge.studies.student_teacher import StudentTeacherConfig, open_run_folder, read_config


def test_the_toml_form_reads_back_the_same(tmp_path):
    config = StudentTeacherConfig(
        seed=3, horizon=12.5, trainable=("weights", "bias"), teacher_eigenvalues=(1.5,)
    )
    (tmp_path / "c.toml").write_text(config.as_toml())
    assert read_config(tmp_path / "c.toml") == config


def test_options_win_over_the_file_and_none_is_no_option(tmp_path):
    (tmp_path / "c.toml").write_text("seed = 5\nunits = 8\n")
    config = read_config(tmp_path / "c.toml", {"units": 9, "trials": None})
    assert (config.seed, config.units, config.trials) == (5, 9, StudentTeacherConfig().trials)


def test_whole_numbers_pass_for_real_ones(tmp_path):
    (tmp_path / "c.toml").write_text("horizon = 20\nteacher_eigenvalues = [2, 1.5]\n")
    config = read_config(tmp_path / "c.toml")
    assert config.horizon == 20.0
    assert config.teacher_eigenvalues == (2.0, 1.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unitz = 3", "Unknown key 'unitz'.*did you mean 'units'"),
        ("quux = 3", "known keys are seed, units"),
        ("units = -3", "units = -3, expected at least 1"),
        ("trials = 0", "trials = 0, expected at least 1"),
        ("units = 2.5", "units = 2.5, expected a whole number"),
        ("units = true", "units = True, expected a whole number"),
        ("horizon = nan", "horizon = nan, expected a positive number"),
        ("step_size = 100", "expected at most the horizon"),
        ('optimizer = "sdg"', "'sdg', expected one of 'sgd'"),
        ('dtype = "float16"', "expected one of 'float64', 'float32'"),
        ("units = 2", "teacher_eigenvalues = 3, expected between 1 and units = 2"),
        ('teacher_eigenvalues = "a"', "expected a list"),
        ("trainable = []", "at least one leaf"),
        ("units = ", "cannot be read as TOML"),
    ],
)
def test_bad_settings_are_refused(tmp_path, text, message):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(tmp_path / "c.toml")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        read_config(tmp_path / "none.toml")


def test_a_folder_of_another_run_is_refused(tmp_path):
    open_run_folder(tmp_path / "run", StudentTeacherConfig(seed=1))
    open_run_folder(tmp_path / "run", StudentTeacherConfig(seed=1))
    with pytest.raises(RunFolderError, match="seed = 1 there, 2 here"):
        open_run_folder(tmp_path / "run", StudentTeacherConfig(seed=2))


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="holds no run"):
        open_run_folder(tmp_path, StudentTeacherConfig())
    with pytest.raises(RunFolderError, match="holds no run"):
        open_run_folder(tmp_path / "notes.txt", StudentTeacherConfig())


def test_a_damaged_configuration_is_not_overwritten(tmp_path):
    folder = open_run_folder(tmp_path / "run", StudentTeacherConfig())
    folder.config.write_text("seed = ")
    with pytest.raises(RunFolderError, match="damaged or of another release"):
        open_run_folder(tmp_path / "run", StudentTeacherConfig())
    assert folder.config.read_text() == "seed = "
