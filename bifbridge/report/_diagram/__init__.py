"""The page of a continuation: an interactive bifurcation diagram and its special points."""

from bifbridge.report._diagram._page import render_diagram as render_diagram
from bifbridge.report._diagram._page import write_diagram as write_diagram
