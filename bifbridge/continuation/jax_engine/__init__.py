"""The embedded engine: predictor–corrector, location of special points, in JAX."""

from bifbridge.continuation.jax_engine._curve import Corrected as Corrected
from bifbridge.continuation.jax_engine._curve import Curve as Curve
from bifbridge.continuation.jax_engine._curve import arclength_weights as arclength_weights
from bifbridge.continuation.jax_engine._curve import correct as correct
from bifbridge.continuation.jax_engine._curve import extended_jacobian as extended_jacobian
from bifbridge.continuation.jax_engine._curve import norm as norm
from bifbridge.continuation.jax_engine._curve import tangent as tangent
from bifbridge.continuation.jax_engine._engine import JaxEngine as JaxEngine
from bifbridge.continuation.jax_engine._ensemble import (
    continuation_ensemble as continuation_ensemble,
)
from bifbridge.continuation.jax_engine._krylov_engine import KrylovEngine as KrylovEngine
from bifbridge.continuation.jax_engine._start import start_tangent as start_tangent
from bifbridge.continuation.jax_engine._switch import branch_tangents as branch_tangents
from bifbridge.continuation.jax_engine._switch import lies_on as lies_on
from bifbridge.continuation.jax_engine._trace import Front as Front
from bifbridge.continuation.jax_engine._trace import StepControl as StepControl
from bifbridge.continuation.jax_engine._trace import Stretch as Stretch
from bifbridge.continuation.jax_engine._trace import trace as trace
