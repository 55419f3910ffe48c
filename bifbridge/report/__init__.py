"""Pages: one self-contained HTML document per run, and its figures as files."""

from bifbridge.report._cross_check import render_cross_check as render_cross_check
from bifbridge.report._cross_check import write_cross_check as write_cross_check
from bifbridge.report._diagram import render_diagram as render_diagram
from bifbridge.report._diagram import write_diagram as write_diagram
from bifbridge.report._figures import write_figures as write_figures
from bifbridge.report._page import render as render
from bifbridge.report._page import write_report as write_report
from bifbridge.report._run import read_run as read_run
from bifbridge.training import Run as Run
