"""From JAX's jaxpr to the flat program."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bifbridge.continuation.bifurcationkit.translation._custom_rules import (
    named_rule,
    rule_agrees,
)
from bifbridge.continuation.bifurcationkit.translation._fold import as_array, fold, foldable
from bifbridge.continuation.bifurcationkit.translation._program import (
    Atom,
    Constant,
    Equation,
    Program,
    Variable,
    drop_dead,
    merge_equal,
)
from bifbridge.continuation.bifurcationkit.translation._unsupported import unsupported

#: Primitives that only call another jaxpr, with the parameter that holds it.
_CALLS = {
    "checkpoint": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "custom_vjp_call_jaxpr": "fun_jaxpr",
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "remat": "jaxpr",
    "remat2": "jaxpr",
    "run_state": "jaxpr",
}
#: Primitives whose jaxprs are loops or branches, with the parameters that hold them.
_BODIES = {"scan": ("jaxpr",), "while": ("cond_jaxpr", "body_jaxpr"), "cond": ("branches",)}


def flatten(jaxpr: Any, inputs: Sequence[Atom], names: Mapping[int, str] | None = None) -> Program:
    """The flat program of a closed jaxpr."""
    equations: list[Equation] = []
    known = [Constant(as_array(value), (names or {}).get(id(value))) for value in jaxpr.consts]
    outputs = tuple(_inline(jaxpr, list(inputs), equations, known))
    variables = tuple(atom for atom in inputs if isinstance(atom, Variable))
    equations, outputs = merge_equal(equations, outputs)
    return Program(variables, drop_dead(equations, outputs), outputs)


def _inline(
    jaxpr: Any,
    inputs: list[Atom],
    equations: list[Equation],
    known: list[Constant] | None = None,
    calls: tuple[Any, ...] = (),
) -> list[Atom]:
    inner = getattr(jaxpr, "jaxpr", jaxpr)
    if known is None:
        known = [Constant(as_array(value)) for value in getattr(jaxpr, "consts", ())]
    environment: dict[Any, Atom] = dict(zip(inner.constvars, known, strict=True))
    environment.update(zip(inner.invars, inputs, strict=True))
    for eqn in inner.eqns:
        operands = [_read(environment, variable) for variable in eqn.invars]
        results = _equation(eqn, operands, equations, (eqn.source_info, *calls))
        environment.update(zip(eqn.outvars, results, strict=True))
    return [_read(environment, variable) for variable in inner.outvars]


def _read(environment: dict[Any, Atom], variable: Any) -> Atom:
    if hasattr(variable, "val"):
        return Constant(np.asarray(variable.val, variable.aval.dtype))
    return environment[variable]


def _equation(
    eqn: Any, operands: list[Atom], equations: list[Equation], source: tuple[Any, ...]
) -> Sequence[Atom]:
    primitive = eqn.primitive.name
    if _is_error_check(eqn):
        return [Constant(np.asarray(0)), *operands[: len(eqn.outvars) - 1]]
    if foldable(primitive, operands, eqn):
        return fold(primitive, [atom for atom in operands if isinstance(atom, Constant)], eqn)
    if primitive == "custom_jvp_call":
        name = named_rule(eqn)
        if name is not None:
            return _append(eqn, operands, equations, name.lstrip("_"), source)
    if primitive.startswith("custom_") and primitive in _CALLS and not rule_agrees(eqn):
        raise unsupported(
            primitive,
            {"name": eqn.params["call_jaxpr"].jaxpr.debug_info.func_src_info},
            source,
            "its own derivative rule is not the derivative of its body, which is what Julia "
            "would differentiate.",
        )
    if primitive in _CALLS:
        return _inline(eqn.params[_CALLS[primitive]], operands, equations, calls=source)
    return _append(eqn, operands, equations, primitive, source)


def _append(
    eqn: Any,
    operands: list[Atom],
    equations: list[Equation],
    primitive: str,
    source: tuple[Any, ...],
) -> Sequence[Atom]:
    outputs = tuple(Variable(v.aval.shape, v.aval.dtype) for v in eqn.outvars)
    bodies = {
        role: tuple(_body(jaxpr) for jaxpr in _as_tuple(eqn.params[role]))
        for role in _BODIES.get(primitive, ())
    }
    equations.append(
        Equation(primitive, tuple(operands), outputs, dict(eqn.params), source, bodies)
    )
    return outputs


def _body(jaxpr: Any) -> Program:
    return flatten(jaxpr, [Variable(v.aval.shape, v.aval.dtype) for v in jaxpr.jaxpr.invars])


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _is_error_check(eqn: Any) -> bool:
    """`eqx.error_if` and its kin, which return their first arguments unless they raise."""
    return eqn.params.get("name") == "branched_error_if_impl" and len(eqn.outvars) > 1
