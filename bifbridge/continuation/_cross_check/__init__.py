"""The same question put to several engines, and their answers side by side."""

from bifbridge.continuation._cross_check._check import CrossCheck as CrossCheck
from bifbridge.continuation._cross_check._check import cross_check as cross_check
from bifbridge.continuation._cross_check._compare import Quantity as Quantity
from bifbridge.continuation._cross_check._match import Match as Match
from bifbridge.continuation._cross_check._match import Unmatched as Unmatched
