"""What happens at a special point, as a few numbers."""

from bifbridge.normal_forms._critical import bordered_solve as bordered_solve
from bifbridge.normal_forms._critical import complex_eigenvectors as complex_eigenvectors
from bifbridge.normal_forms._critical import real_eigenvectors as real_eigenvectors
from bifbridge.normal_forms._derivatives import jacobian as jacobian
from bifbridge.normal_forms._derivatives import multilinear as multilinear
from bifbridge.normal_forms._normal_form import as_velocity as as_velocity
from bifbridge.normal_forms._normal_form import hopf_normal_form as hopf_normal_form
from bifbridge.normal_forms._normal_form import normal_form as normal_form
from bifbridge.normal_forms._normal_form import scalar_normal_form as scalar_normal_form
from bifbridge.normal_forms._types import HopfNormalForm as HopfNormalForm
from bifbridge.normal_forms._types import NormalForm as NormalForm
from bifbridge.normal_forms._types import ScalarNormalForm as ScalarNormalForm
from bifbridge.normal_forms._unfolding import FieldVelocity as FieldVelocity
