"""Runs that go through the whole house."""

from bifbridge.studies._progress import AbstractProgress as AbstractProgress
from bifbridge.studies._progress import Silence as Silence
