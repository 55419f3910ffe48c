"""Installing Julia and its packages, once, through juliapkg."""

from bifbridge._errors import JuliaUnavailableError
from bifbridge.continuation.bifurcationkit._failures import explained
from bifbridge.continuation.bifurcationkit._installation import find_installation


def install(*, force: bool = False) -> None:
    """Have juliapkg find or download Julia, and install what juliapkg.json names."""
    found = find_installation()
    if not found.managed:
        raise JuliaUnavailableError(
            f"PYTHON_JULIACALL_EXE and PYTHON_JULIACALL_PROJECT name a Julia ({found.executable}) "
            f"and a project ({found.project}) that you keep yourself, so that nothing is "
            "installed by bifbridge.",
            "\n".join(problem.remedy for problem in found.problems)
            or "Nothing is missing there. Unset both to have bifbridge install its own.",
        )
    import juliapkg

    try:
        juliapkg.resolve(force=force)
    except Exception as error:
        raise explained(error, found) from error
