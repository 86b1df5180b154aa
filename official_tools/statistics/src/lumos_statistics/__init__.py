"""Describe a list of numbers in exact arithmetic."""

from lumos_statistics.summary import Operation, Summary, statistics

__all__ = ["Operation", "Summary", "statistics"]
