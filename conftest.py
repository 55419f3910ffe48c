"""Doctests of the package and the README run in double precision too."""

import jax

jax.config.update("jax_enable_x64", True)
