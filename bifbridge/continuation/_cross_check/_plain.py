"""A cross check as plain data for JSON."""

from typing import TYPE_CHECKING, Any

from bifbridge.continuation._cross_check._match import Match

if TYPE_CHECKING:
    from bifbridge.continuation._cross_check._check import CrossCheck

#: Names of the quantities in files.
FILE_NAMES = {
    "parameter": "parameter",
    "state": "state_norm",
    "eigenvalue": "eigenvalue",
    "ω": "omega",
    "b₂": "b2",
    "c₃": "c3",
    "Re c₁": "c1_real",
    "Im c₁": "c1_imag",
    "ℓ₁": "first_lyapunov",
}


def check_to_dict(check: "CrossCheck") -> dict[str, Any]:
    """A cross check as plain data for JSON."""
    engines = [
        {
            "name": name,
            "n_points": len(branch),
            "status": branch.status.word,
            "complete": branch.balance.complete,
        }
        for name, branch in zip(check.engines, check.branches, strict=True)
    ]
    unmatched = [
        {
            "kind": entry.kind,
            "parameter": entry.parameter,
            "state": [float(x) for x in entry.state],
            "found_by": list(entry.found_by),
            "missed_by": entry.missed_by,
            "reason": entry.reason,
        }
        for entry in check.unmatched
    ]
    return {
        "engines": engines,
        "span": list(check.span),
        "tolerance": check.tolerance,
        "matches": [_match(match) for match in check.matches],
        "unmatched": unmatched,
        "largest_differences": {
            FILE_NAMES[name]: value for name, value in check.largest_differences.items()
        },
    }


def _match(match: Match) -> dict[str, Any]:
    quantities = {
        FILE_NAMES[quantity.name]: {
            "values": list(quantity.values),
            "difference": quantity.difference,
        }
        for quantity in match.quantities
    }
    return {"kind": match.kind, "kinds": list(match.kinds), "quantities": quantities}
