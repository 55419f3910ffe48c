"""The state-space neural tangent kernel: operator, spectrum, effective ranks, channels."""

from bifbridge.sntk._dense import gram_matrix as gram_matrix
from bifbridge.sntk._dense import weighted_matrix as weighted_matrix
from bifbridge.sntk._dominance import Dominance as Dominance
from bifbridge.sntk._dominance import dominance as dominance
from bifbridge.sntk._factorisation import KernelFactors as KernelFactors
from bifbridge.sntk._factorisation import factorise as factorise
from bifbridge.sntk._kernel import StateSpaceNTK as StateSpaceNTK
from bifbridge.sntk._map_sensitivity import linearise_map as linearise_map
from bifbridge.sntk._materialised import MaterialisedSensitivity as MaterialisedSensitivity
from bifbridge.sntk._materialised import materialise as materialise
from bifbridge.sntk._oscillation_split import OscillationSplit as OscillationSplit
from bifbridge.sntk._oscillation_split import oscillation_split as oscillation_split
from bifbridge.sntk._parameter_split import ParameterSplit as ParameterSplit
from bifbridge.sntk._parameter_split import parameter_split as parameter_split
from bifbridge.sntk._projector import SpectralProjector as SpectralProjector
from bifbridge.sntk._projector import spectral_projector as spectral_projector
from bifbridge.sntk._shares import leaf_shares as leaf_shares
from bifbridge.sntk._shares import trial_time_shares as trial_time_shares
from bifbridge.sntk._shares import without_effect as without_effect
from bifbridge.sntk._spectrum import left_singular_vectors as left_singular_vectors
from bifbridge.sntk._spectrum import spectrum as spectrum
from bifbridge.sntk._spectrum_type import Spectrum as Spectrum
from bifbridge.sntk._state_split import StateSplit as StateSplit
from bifbridge.sntk._state_split import state_split as state_split
