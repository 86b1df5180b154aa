"""Tell, parse, format and shift dates and times in any time zone."""

from lumos_datetime.moment import Moment, datetime

__all__ = ["Moment", "datetime"]
