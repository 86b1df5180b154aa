"""What our logs say, and what they leave out."""

from __future__ import annotations

import logging

from lumos.package.masking import mask

#: From here on an answer's status means that the fault is ours.
OUR_FAULT = 500


class TracesOfFaults(logging.Filter):
    """Tracebacks are for faults: a request that was refused is told in one line.

    Django logs both alike, with the answer's status beside the exception.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the traceback of a refusal away; every line stays."""
        if getattr(record, "status_code", OUR_FAULT) < OUR_FAULT:
            record.exc_info = None
        return True


class MaskedLines(logging.Formatter):
    """Lines without secrets: a message or a traceback may quote a package, an address, a token."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole text of a record, its traceback too, masked."""
        return mask(super().format(record))
