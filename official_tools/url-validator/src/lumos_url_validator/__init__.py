"""Check URLs and say why they are wrong."""

from lumos_url_validator.report import UrlReport, url_validator

__all__ = ["UrlReport", "url_validator"]
