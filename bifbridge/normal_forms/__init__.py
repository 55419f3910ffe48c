"""Normal forms: what happens at a special point, as a few numbers.

`normal_form` comes first: it finds the kind of a point and its coefficients, with their gradients
in θ, and continuation calls it at every special point. `map_normal_form` does so for maps. The
others compute one kind where it is known: `scalar_normal_form`, `hopf_normal_form`, and those of
codimension two. `docs/theory/normal-forms.md` has the formulas.

Example:
    >>> import bifbridge as bb
    >>> form = bb.normal_forms.normal_form(lambda z: -(z**3), [0.0])
    >>> form.kind, form.criticality
    ('pitchfork', 'supercritical')
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
