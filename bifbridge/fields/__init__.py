"""Vector fields dz/dt = f(t, z, u; θ) as Equinox modules."""

from bifbridge.fields._base import AbstractVectorField as AbstractVectorField
from bifbridge.fields._ctrnn import CTRNN as CTRNN
from bifbridge.fields._ctrnn import random_ctrnn as random_ctrnn
from bifbridge.fields._files import NONLINEARITIES as NONLINEARITIES
from bifbridge.fields._files import load_field as load_field
from bifbridge.fields._files import save_field as save_field
from bifbridge.fields._leaf_entry import check_entry as check_entry
from bifbridge.fields._parameters import flatten_parameters as flatten_parameters
from bifbridge.fields._parameters import leaf_names as leaf_names
from bifbridge.fields._parameters import parameter_slices as parameter_slices
from bifbridge.fields._parameters import select_leaves as select_leaves
