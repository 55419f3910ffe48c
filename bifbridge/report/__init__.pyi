from ._cross_check import render_cross_check as render_cross_check
from ._cross_check import write_cross_check as write_cross_check
from ._diagram import render_diagram as render_diagram
from ._diagram import write_diagram as write_diagram
from ._figures import write_figures as write_figures
from ._page import render as render
from ._page import write_report as write_report
from ._run import read_run as read_run
