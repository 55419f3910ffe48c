"""What a normal form predicts about learning, and how well it holds."""

from bifbridge.landscape._agreement import Agreement as Agreement
from bifbridge.landscape._amplification import Amplification as Amplification
from bifbridge.landscape._amplification import amplification as amplification
from bifbridge.landscape._channel_directions import ChannelDirections as ChannelDirections
from bifbridge.landscape._channel_directions import channel_directions as channel_directions
from bifbridge.landscape._channel_learning import (
    critical_learning_rate as critical_learning_rate,
)
from bifbridge.landscape._channel_learning import loss_curvature as loss_curvature
from bifbridge.landscape._channel_learning import measured_interference as measured_interference
from bifbridge.landscape._channel_learning import predicted_interference as predicted_interference
from bifbridge.landscape._channels import Channels as Channels
from bifbridge.landscape._channels import channels as channels
from bifbridge.landscape._collapse import CollapseVerdict as CollapseVerdict
from bifbridge.landscape._collapse import explain_collapse as explain_collapse
from bifbridge.landscape._compare import compare as compare
from bifbridge.landscape._distance_study import distance_study as distance_study
from bifbridge.landscape._isolation import Isolation as Isolation
from bifbridge.landscape._isolation import isolation as isolation
from bifbridge.landscape._loss_landscape import LossLandscape as LossLandscape
from bifbridge.landscape._loss_landscape import loss_on_line as loss_on_line
from bifbridge.landscape._loss_landscape import predict_loss as predict_loss
from bifbridge.landscape._map_equations import NeimarkSackerMap as NeimarkSackerMap
from bifbridge.landscape._map_equations import ScalarMap as ScalarMap
from bifbridge.landscape._map_prediction import predict_cell_kernel as predict_cell_kernel
from bifbridge.landscape._map_prediction import predict_map_kernel as predict_map_kernel
from bifbridge.landscape._next_order import effective_amplitudes as effective_amplitudes
from bifbridge.landscape._next_order import next_order_size as next_order_size
from bifbridge.landscape._next_order import refine_prediction as refine_prediction
from bifbridge.landscape._planar_equation import HopfEquation as HopfEquation
from bifbridge.landscape._planar_equation import PlanarSolution as PlanarSolution
from bifbridge.landscape._predicted_kernel import PredictedKernel as PredictedKernel
from bifbridge.landscape._predicted_kernel import predict_kernel as predict_kernel
from bifbridge.landscape._reduced_kernel import KernelAgreement as KernelAgreement
from bifbridge.landscape._reduced_kernel import kernel_agreement as kernel_agreement
from bifbridge.landscape._reduced_kernel import reduced_kernel as reduced_kernel
from bifbridge.landscape._reduced_kernel import subspace_angles as subspace_angles
from bifbridge.landscape._reduction import critical_projector as critical_projector
from bifbridge.landscape._reduction import initial_amplitudes as initial_amplitudes
from bifbridge.landscape._reduction import reduced_equation as reduced_equation
from bifbridge.landscape._reduction import unfolding_directions as unfolding_directions
from bifbridge.landscape._scalar_equations import AbstractScalarEquation as AbstractScalarEquation
from bifbridge.landscape._scalar_equations import BranchPointEquation as BranchPointEquation
from bifbridge.landscape._scalar_equations import FoldEquation as FoldEquation
from bifbridge.landscape._scalar_equations import ForcedEquation as ForcedEquation
from bifbridge.landscape._scalar_equations import PitchforkEquation as PitchforkEquation
from bifbridge.landscape._scalar_equations import ScalarSolution as ScalarSolution
from bifbridge.landscape._scalar_equations import TranscriticalEquation as TranscriticalEquation
from bifbridge.landscape._similarity import Similarity as Similarity
from bifbridge.landscape._similarity import relative_order as relative_order
from bifbridge.landscape._similarity import similarity as similarity
from bifbridge.landscape._validity import Validity as Validity
from bifbridge.landscape._validity import validity as validity
