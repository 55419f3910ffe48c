"""The command `bifbridge`."""

from bifbridge.cli._app import app as app
from bifbridge.cli._app import main as main
