"""Evaluate mathematical expressions exactly, without eval."""

from lumos_calculator.calculate import Calculation, calculator

__all__ = ["Calculation", "calculator"]
