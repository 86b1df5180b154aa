"""Log filters and formatters: no tracebacks for client errors, no secrets."""

from __future__ import annotations

import logging

from lumos.package.masking import mask

#: Responses from this status on are server errors.
SERVER_ERROR = 500


class NoTracebackForClientErrors(logging.Filter):
    """Log a rejected request (4xx) on one line, without a traceback.

    Django logs 4xx and 5xx alike, with ``status_code`` on the record.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Remove the traceback of a 4xx record; every record is kept."""
        if getattr(record, "status_code", SERVER_ERROR) < SERVER_ERROR:
            record.exc_info = None
        return True


class MaskedLines(logging.Formatter):
    """Mask secrets, since a message or traceback may quote a package, a URL or a token."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's text and traceback, masked."""
        return mask(super().format(record))
