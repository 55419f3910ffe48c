"""Loops and branches, written as Julia's own."""

from collections.abc import Sequence

from bifbridge.continuation.bifurcationkit.translation._emitter import Emitter, Rule
from bifbridge.continuation.bifurcationkit.translation._expression import (
    Expression,
    kind_of,
)
from bifbridge.continuation.bifurcationkit.translation._program import Equation, Program

_TYPES = {"f": "T", "i": "Int", "b": "Bool"}


def _scan(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    params, (body,) = equation.params, equation.bodies["jaxpr"]
    n_constants, n_carry = params["num_consts"], params["num_carry"]
    length = int(params["length"])
    constants, initial = operands[:n_constants], operands[n_constants:][:n_carry]
    stacks = [emitter.full(operand) for operand in operands[n_constants + n_carry :]]
    stacks = [emitter.named(stack, "steps") for stack in stacks]
    carry = _start(emitter, initial)
    collected = [_room(emitter, output) for output in equation.outputs[n_carry:]]
    step = emitter.names.fresh("step")
    order = f"{length}:-1:1" if params["reverse"] else f"1:{length}"

    def inside() -> None:
        entries = [_entry(stack, step) for stack in stacks]
        results = _run(emitter, body, [*constants, *carry, *entries])
        for room, result in zip(collected, results[n_carry:], strict=True):
            _store(emitter, room, step, result)
        _update(emitter, carry, results[:n_carry])

    emitter.block(f"for {step} in {order}", inside)
    return [*carry, *collected]


def _while(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    params = equation.params
    (condition,), (body,) = equation.bodies["cond_jaxpr"], equation.bodies["body_jaxpr"]
    n_condition, n_body = params["cond_nconsts"], params["body_nconsts"]
    condition_constants = operands[:n_condition]
    body_constants = operands[n_condition:][:n_body]
    carry = _start(emitter, operands[n_condition + n_body :])

    def inside() -> None:
        (proceed,) = _run(emitter, condition, [*condition_constants, *carry])
        emitter.line(f"{proceed.text} || break")
        _update(emitter, carry, _run(emitter, body, [*body_constants, *carry]))

    emitter.block("while true", inside)
    return carry


def _cond(emitter: Emitter, equation: Equation, operands: list[Expression]) -> list[Expression]:
    which, *arguments = operands
    branches = equation.bodies["branches"]
    names = [
        Expression(emitter.names.fresh("chosen"), output.shape, output.shape, kind_of(output.dtype))
        for output in equation.outputs
    ]
    if which.condition is not None and len(branches) == 2:
        no, yes = branches
        emitter.block(f"if {which.condition.text}", _branch(emitter, yes, arguments, names), None)
        emitter.block("else", _branch(emitter, no, arguments, names))
        return names
    # The last branch also stands for every index beyond it, and the first for those below.
    for k, branch in enumerate(branches):
        word = "if" if k == 0 else "elseif"
        opening = "else" if k == len(branches) - 1 and k else f"{word} {which.text} <= {k}"
        closing = "end" if k == len(branches) - 1 else None
        emitter.block(opening, _branch(emitter, branch, arguments, names), closing)
    return names


def _branch(
    emitter: Emitter, branch: Program, arguments: list[Expression], names: list[Expression]
):
    def inside() -> None:
        results = _run(emitter, branch, arguments)
        for name, result in zip(names, results, strict=True):
            emitter.line(f"{name.text} = {emitter.promoted(emitter.full(result)).text}")

    return inside


def _run(emitter: Emitter, program: Program, operands: Sequence[Expression]) -> list[Expression]:
    uses = program.uses()
    for variable, operand in zip(program.inputs, operands, strict=True):
        emitter.bind(variable, emitter.named(operand) if uses[variable] > 1 else operand)
    return emitter.run(program)


def _start(emitter: Emitter, initial: Sequence[Expression]) -> list[Expression]:
    """Variables of the loop, of the type that they keep."""
    return [emitter.assign(emitter.promoted(emitter.full(operand)), "carry") for operand in initial]


def _update(emitter: Emitter, carry: Sequence[Expression], results: Sequence[Expression]) -> None:
    """All at once, since results may read the old values."""
    pairs = [
        (name.text, emitter.promoted(emitter.full(result)).text)
        for name, result in zip(carry, results, strict=True)
        if result.text != name.text
    ]
    if pairs:
        left, right = zip(*pairs, strict=True)
        emitter.line(f"{', '.join(left)} = {', '.join(right)}")


def _room(emitter: Emitter, output) -> Expression:
    kind = kind_of(output.dtype)
    if kind == "f":
        emitter.needs_type = True
    size = ", ".join(str(n) for n in output.shape)
    text = f"Array{{{_TYPES[kind]}}}(undef, {size})"
    return emitter.assign(Expression(text, output.shape, output.shape, kind), "collected")


def _entry(stack: Expression, step: str) -> Expression:
    places = ", ".join([step] + [":"] * (stack.rank - 1))
    shape = stack.shape[1:]
    return Expression(f"{stack.text}[{places}]", shape, shape, stack.kind)


def _store(emitter: Emitter, room: Expression, step: str, result: Expression) -> None:
    places = ", ".join([step] + [":"] * (room.rank - 1))
    dot = "." if room.rank > 1 else ""
    emitter.line(f"{room.text}[{places}] {dot}= {result.text}")


RULES: dict[str, Rule] = {"cond": _cond, "scan": _scan, "while": _while}
