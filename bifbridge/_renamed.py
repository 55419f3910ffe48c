"""Names that `bb` had in version 0.1, kept for one version more, and what replaces them."""

import importlib
import os
import warnings
from collections.abc import Callable
from typing import Any


def renamed(name: str) -> Any:
    """What an old name stands for, with a warning that says the new call."""
    if name not in RENAMED:
        raise AttributeError(f"module 'bifbridge' has no attribute {name!r}")
    now = RENAMED[name]
    # A FutureWarning is shown wherever the name is used. A DeprecationWarning would be shown in
    # `__main__` alone, and whoever keeps a library of their own would learn of it when it fails.
    warnings.warn(f"bb.{name} is now {now}.", FutureWarning, stacklevel=3)
    return CALLS[now] if now in CALLS else _resolve(now)


def _resolve(place: str) -> Any:
    module, _, name = place.replace("bb.", "bifbridge.", 1).rpartition(".")
    return getattr(importlib.import_module(module), name)


def _save(path: str | os.PathLike[str], result: Any) -> None:
    """Write a result to a file: `result.save(path)`."""
    result.save(path)


def _resume(family: Any, result: Any, span: Any = None, engine: Any = None, *, spans: Any = None):
    """Go on with a curve: `result.resume(family, span, engine)`."""
    return result.resume(family, span if spans is None else spans, engine)


#: What has become a method.
CALLS: dict[str, Callable[..., Any]] = {
    "result.resume(family, span, engine)": _resume,
    "result.save(path)": _save,
}

#: By old name, as the warning writes it.
RENAMED: dict[str, str] = {
    "AbstractVectorField": "bb.fields.AbstractVectorField",
    "Balance": "bifbridge.continuation.Balance",
    "BifurcationCurve": "bb.Branch",
    "CodimTwoPoint": "bb.SpecialPoint",
    "ConfigError": "bb.errors.ConfigError",
    "CrossCheck": "bifbridge.continuation.CrossCheck",
    "Cycle": "bb.cycles.Cycle",
    "CycleBifurcationCurve": "bb.Branch",
    "CycleBranch": "bb.Branch",
    "CycleCodimTwoPoint": "bb.SpecialPoint",
    "CycleEngine": "bb.cycles.CycleEngine",
    "CycleSpecialPoint": "bb.SpecialPoint",
    "DivergenceError": "bb.errors.DivergenceError",
    "FileFormatError": "bb.errors.FileFormatError",
    "FunctionFamily": "bb.families.FunctionFamily",
    "FunctionTwoParameterFamily": "bb.two_parameter.FunctionTwoParameterFamily",
    "GaussNewton": "bb.training.GaussNewton",
    "HopfNormalForm": "bb.normal_forms.HopfNormalForm",
    "JuliaCrashError": "bb.errors.JuliaCrashError",
    "JuliaExecutionError": "bb.errors.JuliaExecutionError",
    "JuliaField": "bb.julia.JuliaField",
    "JuliaUnavailableError": "bb.errors.JuliaUnavailableError",
    "KernelProbe": "bb.tracking.KernelProbe",
    "LeafTwoParameterFamily": "bb.two_parameter.LeafTwoParameterFamily",
    "LearnedStart": "bb.trajectories.LearnedStart",
    "LearningEvent": "bb.tracking.LearningEvent",
    "LearningPath": "bb.tracking.LearningPath",
    "MemoryBoundError": "bb.errors.MemoryBoundError",
    "PlainFamily": "bb.families.PlainFamily",
    "PlainTwoParameterFamily": "bb.two_parameter.PlainTwoParameterFamily",
    "PrecisionError": "bb.errors.PrecisionError",
    "RunFolderError": "bb.errors.RunFolderError",
    "ScalarNormalForm": "bb.normal_forms.ScalarNormalForm",
    "Sensitivity": "bb.trajectories.Sensitivity",
    "SensitivityWarning": "bb.errors.SensitivityWarning",
    "Study": "bb.studies.Study",
    "TimeGrid": "bb.trajectories.TimeGrid",
    "TranslationError": "bb.errors.TranslationError",
    "TranslationMismatchError": "bb.errors.TranslationMismatchError",
    "Trials": "bb.trajectories.Trials",
    "UnsupportedPrimitiveError": "bb.errors.UnsupportedPrimitiveError",
    "adaptive_natural_gradient": "bb.training.adaptive_natural_gradient",
    "amplification": "bb.landscape.amplification",
    "bifurcation_curve": "bb.two_parameter.bifurcation_curve",
    "bifurcation_point": "bb.two_parameter.bifurcation_point",
    "channels": "bb.landscape.channels",
    "codim_two_point": "bb.two_parameter.codim_two_point",
    "continue_between": "bb.tracking.continue_between",
    "continue_cycles": "bb.cycles.continue_cycles",
    "cycle_bifurcation_curve": "bb.two_parameter.cycle_bifurcation_curve",
    "distance_study": "bb.landscape.distance_study",
    "flatten_parameters": "bb.fields.flatten_parameters",
    "floquet_projectors": "bb.sntk.floquet_projectors",
    "frobenius_norm_estimate": "bb.sntk.frobenius_norm_estimate",
    "julia_available": "bb.julia.julia_available",
    "julia_source": "bb.julia.julia_source",
    "kernel_agreement": "bb.landscape.kernel_agreement",
    "length_mask": "bb.trajectories.length_mask",
    "linearise_map": "bb.sntk.linearise_map",
    "load_branch": "bb.load",
    "load_curve": "bb.load",
    "load_cycle_curve": "bb.load",
    "load_cycles": "bb.load",
    "load_diagram": "bb.load",
    "map_normal_form": "bb.normal_forms.map_normal_form",
    "moving_split": "bb.sntk.moving_split",
    "natural_gradient": "bb.training.natural_gradient",
    "nearest_codim_two_point": "bb.two_parameter.nearest_codim_two_point",
    "next_order_size": "bb.landscape.next_order_size",
    "parameter_split": "bb.sntk.parameter_split",
    "predict_cell_kernel": "bb.landscape.predict_cell_kernel",
    "read_study": "bb.studies.read_study",
    "recorded_grid": "bb.trajectories.recorded_grid",
    "reduced_kernel": "bb.landscape.reduced_kernel",
    "refine_prediction": "bb.landscape.refine_prediction",
    "resume_curve": "result.resume(family, span, engine)",
    "resume_cycle_curve": "result.resume(family, span, engine)",
    "resume_cycles": "result.resume(family, span, engine)",
    "save_branch": "result.save(path)",
    "save_curve": "result.save(path)",
    "save_cycle_curve": "result.save(path)",
    "save_cycles": "result.save(path)",
    "save_diagram": "result.save(path)",
    "solve_cycle": "bb.cycles.solve_cycle",
    "special_points_to_dataframe": "bifbridge.continuation.special_points_to_dataframe",
    "start_from_branch_point": "bb.cycles.start_from_branch_point",
    "start_from_cycle": "bb.cycles.start_from_cycle",
    "start_from_hopf": "bb.cycles.start_from_hopf",
    "start_from_orbit": "bb.cycles.start_from_orbit",
    "start_from_period_doubling": "bb.cycles.start_from_period_doubling",
    "state_split": "bb.sntk.state_split",
    "trace_estimate": "bb.sntk.trace_estimate",
    "track_equilibria": "bb.tracking.track_equilibria",
    "translate_family": "bb.julia.translate_family",
    "translate_function": "bb.julia.translate_function",
    "validity": "bb.landscape.validity",
}
