"""State-space neural tangent kernels, continuation and normal forms of learned dynamics."""

from bifbridge._errors import BifbridgeError as BifbridgeError
from bifbridge._errors import PrecisionError as PrecisionError
from bifbridge._version import __version__ as __version__
from bifbridge.fields import CTRNN as CTRNN
from bifbridge.fields import AbstractVectorField as AbstractVectorField
from bifbridge.fields import flatten_parameters as flatten_parameters
from bifbridge.fields import random_ctrnn as random_ctrnn
