"""Vector fields as Julia code."""

from bifbridge.continuation.bifurcationkit.translation._julia_field import (
    JuliaField as JuliaField,
)
from bifbridge.continuation.bifurcationkit.translation._julia_field import (
    julia_source as julia_source,
)
from bifbridge.continuation.bifurcationkit.translation._julia_field import (
    translate_family as translate_family,
)
from bifbridge.continuation.bifurcationkit.translation._julia_field import (
    translate_function as translate_function,
)
from bifbridge.continuation.bifurcationkit.translation._self_test import (
    check_translation as check_translation,
)
