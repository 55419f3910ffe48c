"""Texts of objects: short, with numbers, whatever the object holds."""

import importlib
import re
from dataclasses import is_dataclass, make_dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import bifbridge as bb
from bifbridge._short_repr import array_text, short_repr, short_value
from tests.made_up import make_up

ROOMS = [
    "bifbridge", "bifbridge.fields", "bifbridge.trajectories", "bifbridge.sntk",
    "bifbridge.continuation", "bifbridge.continuation.bifurcationkit", "bifbridge.normal_forms",
    "bifbridge.landscape", "bifbridge.training", "bifbridge.training.tasks",
    "bifbridge.training.tracking", "bifbridge.studies", "bifbridge.studies.student_teacher",
    "bifbridge.plotting", "bifbridge.report",
]  # fmt: skip


#: Curves, whose text belongs to their one class.
CURVES = {"Branch", "Diagram", "DiagramBranch"}


def public_classes():
    found = {}
    for room in ROOMS:
        module = importlib.import_module(room)
        for name, one in ((name, getattr(module, name)) for name in dir(module)):
            if not (isinstance(one, type) and one.__module__.startswith("bifbridge")):
                continue
            if (issubclass(one, eqx.Module) or is_dataclass(one)) and name[0] != "_":
                found[f"{one.__module__.split('.', 1)[-1]}.{name}"] = one
    return {
        key: one
        for key, one in found.items()
        if not (one.__name__.startswith("Abstract") or one.__name__ in CURVES)
    }


CLASSES = public_classes()


def assert_short(text):
    lines = text.splitlines()
    assert 1 <= len(lines) <= 12, text
    assert max(map(len, lines)) < 120, text
    assert not re.search(r"[fcib](8|16|32|64|128)\[|jaxpr|<function| at 0x", text), text


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_public_object_has_a_short_text_whatever_it_holds(name):
    for size in (0, 2, 40):
        for fill in (0.5, float("nan")):
            assert_short(repr(make_up(CLASSES[name], size, fill)))


def test_a_field_shows_its_numbers_and_its_functions_by_name():
    text = repr(bb.CTRNN(jnp.array([[0.5, -1.0], [2.0, 0.0]]), gain=jnp.asarray(1.25)))
    assert "weights=(2, 2) from -1 to 2" in text
    assert "gain=1.25" in text
    assert "nonlinearity=tanh" in text


def test_a_field_of_a_users_own_is_short_too():
    class Own(bb.fields.AbstractVectorField):
        rate: jax.Array
        shape: object

        def __call__(self, t, z, u):
            return -self.rate * z

    text = repr(Own(jnp.asarray(0.3), lambda z: z))
    assert text.startswith("Own(rate=0.3, ")
    assert_short(text)


def test_numbers_of_arrays_that_cannot_be_looked_at_are_left_out():
    seen = []
    jax.jit(lambda x: seen.append(array_text(x)) or x)(jnp.ones((2, 3)))
    assert seen == ["traced (2, 3)"]
    gone = jnp.ones((4, 4))
    gone.delete()
    assert array_text(gone) == "(4, 4)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros((0, 3)), "(0, 3) empty"),
        (np.full(5, np.nan), "(5,) all nan"),
        (np.array([1.0, 2.0, np.nan, 4.0, 5.0]), "(5,) from 1 to 5, 1 nan"),
        (np.array([3.0 + 4.0j] * 5), "(5,) of modulus from 5 to 5"),
        (np.array([1.0, 0.5]), "[1, 0.5]"),
        (np.float64(0.25), "0.25"),
        ((1, 2, 3, 4, 5, 6, 7), "(1, 2, 3, 4, 5, … 7 in all)"),
        ("a" * 200, f"'{'a' * 68}…"),
    ],
)
def test_values_are_shown_as_numbers_or_as_shape_and_range(value, text):
    assert short_value(value) == text


def test_a_text_beyond_the_limit_counts_what_it_leaves_out():
    names = [(f"quantity_number_{k}", float, 1.0) for k in range(90)]
    text = short_repr(make_dataclass("Many", names)())
    assert re.search(r"… and \d+ more", text)
    assert_short(text)
