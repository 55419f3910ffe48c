"""Figures: pure functions from results to Matplotlib axes."""

from bifbridge.plotting._agreement import plot_agreement as plot_agreement
from bifbridge.plotting._branch import plot_bifurcation_diagram as plot_bifurcation_diagram
from bifbridge.plotting._branch import plot_branch as plot_branch
from bifbridge.plotting._canvas import DOUBLE_COLUMN as DOUBLE_COLUMN
from bifbridge.plotting._canvas import SINGLE_COLUMN as SINGLE_COLUMN
from bifbridge.plotting._canvas import figure_of as figure_of
from bifbridge.plotting._canvas import new_figure as new_figure
from bifbridge.plotting._canvas import styled as styled
from bifbridge.plotting._complex_plane import eigenvalue_movie as eigenvalue_movie
from bifbridge.plotting._complex_plane import plot_eigenvalues as plot_eigenvalues
from bifbridge.plotting._complex_plane import save_movie as save_movie
from bifbridge.plotting._compositions import plot_direction as plot_direction
from bifbridge.plotting._compositions import plot_learning as plot_learning
from bifbridge.plotting._compositions import plot_training as plot_training
from bifbridge.plotting._compositions import window_around as window_around
from bifbridge.plotting._cross_check import plot_cross_check as plot_cross_check
from bifbridge.plotting._cycles import plot_cycles as plot_cycles
from bifbridge.plotting._direction import plot_direction_entries as plot_direction_entries
from bifbridge.plotting._direction import plot_direction_matrix as plot_direction_matrix
from bifbridge.plotting._distance import plot_distance as plot_distance
from bifbridge.plotting._effective_rank import plot_effective_rank as plot_effective_rank
from bifbridge.plotting._equilibria import plot_equilibria as plot_equilibria
from bifbridge.plotting._equilibrium_eigenvalues import (
    plot_equilibrium_eigenvalues as plot_equilibrium_eigenvalues,
)
from bifbridge.plotting._events import mark_events as mark_events
from bifbridge.plotting._kernel_eigenvalues import (
    plot_kernel_eigenvalues as plot_kernel_eigenvalues,
)
from bifbridge.plotting._kernel_map import plot_kernel as plot_kernel
from bifbridge.plotting._landscape import plot_landscape as plot_landscape
from bifbridge.plotting._learning_diagram import plot_learning_diagram as plot_learning_diagram
from bifbridge.plotting._loss import plot_loss as plot_loss
from bifbridge.plotting._phase_portrait import plot_phase_portrait as plot_phase_portrait
from bifbridge.plotting._plane import Plane as Plane
from bifbridge.plotting._plane import coordinate_plane as coordinate_plane
from bifbridge.plotting._plane import critical_plane as critical_plane
from bifbridge.plotting._portrait import PhasePortrait as PhasePortrait
from bifbridge.plotting._portrait import phase_portrait as phase_portrait
from bifbridge.plotting._predicted_kernel import plot_predicted_kernel as plot_predicted_kernel
from bifbridge.plotting._run import plot_run as plot_run
from bifbridge.plotting._scree import plot_scree as plot_scree
from bifbridge.plotting._special_points import draw_special_point as draw_special_point
from bifbridge.plotting._special_points import kind_in_words as kind_in_words
from bifbridge.plotting._spectrum import plot_spectrum as plot_spectrum
from bifbridge.plotting._temporal_kernel import plot_temporal_kernel as plot_temporal_kernel
from bifbridge.plotting._temporal_profile import plot_temporal_profile as plot_temporal_profile
from bifbridge.plotting._theme import DARK as DARK
from bifbridge.plotting._theme import LIGHT as LIGHT
from bifbridge.plotting._theme import OKABE_ITO as OKABE_ITO
from bifbridge.plotting._theme import Theme as Theme
from bifbridge.plotting._track_diagram import critical_direction as critical_direction
from bifbridge.plotting._track_diagram import plot_track as plot_track
from bifbridge.plotting._track_diagram import plot_tracked_equilibria as plot_tracked_equilibria
from bifbridge.plotting._two_parameters import plot_two_parameters as plot_two_parameters
