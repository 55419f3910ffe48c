"""What happens at a special point, as a few numbers."""

from bifbridge.normal_forms._bautin import bautin_normal_form as bautin_normal_form
from bifbridge.normal_forms._bogdanov_takens import (
    bogdanov_takens_normal_form as bogdanov_takens_normal_form,
)
from bifbridge.normal_forms._bogdanov_takens import jordan_chain as jordan_chain
from bifbridge.normal_forms._codim2_types import BautinNormalForm as BautinNormalForm
from bifbridge.normal_forms._codim2_types import (
    BogdanovTakensNormalForm as BogdanovTakensNormalForm,
)
from bifbridge.normal_forms._codim2_types import CodimTwoNormalForm as CodimTwoNormalForm
from bifbridge.normal_forms._codim2_types import CuspNormalForm as CuspNormalForm
from bifbridge.normal_forms._critical import bordered_solve as bordered_solve
from bifbridge.normal_forms._critical import complex_eigenvectors as complex_eigenvectors
from bifbridge.normal_forms._critical import real_eigenvectors as real_eigenvectors
from bifbridge.normal_forms._cusp import cusp_normal_form as cusp_normal_form
from bifbridge.normal_forms._derivatives import jacobian as jacobian
from bifbridge.normal_forms._derivatives import multilinear as multilinear
from bifbridge.normal_forms._hopf_hopf import hopf_hopf_normal_form as hopf_hopf_normal_form
from bifbridge.normal_forms._map_forms import map_normal_form as map_normal_form
from bifbridge.normal_forms._map_types import MapNormalForm as MapNormalForm
from bifbridge.normal_forms._map_types import NeimarkSackerNormalForm as NeimarkSackerNormalForm
from bifbridge.normal_forms._normal_form import as_velocity as as_velocity
from bifbridge.normal_forms._normal_form import hopf_normal_form as hopf_normal_form
from bifbridge.normal_forms._normal_form import normal_form as normal_form
from bifbridge.normal_forms._normal_form import scalar_normal_form as scalar_normal_form
from bifbridge.normal_forms._two_mode_types import HopfHopfNormalForm as HopfHopfNormalForm
from bifbridge.normal_forms._two_mode_types import ZeroHopfNormalForm as ZeroHopfNormalForm
from bifbridge.normal_forms._types import HopfNormalForm as HopfNormalForm
from bifbridge.normal_forms._types import NormalForm as NormalForm
from bifbridge.normal_forms._types import ScalarNormalForm as ScalarNormalForm
from bifbridge.normal_forms._unfolding import FieldVelocity as FieldVelocity
from bifbridge.normal_forms._zero_hopf import zero_hopf_normal_form as zero_hopf_normal_form
