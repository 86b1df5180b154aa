"""A line for each request that went wrong, and a traceback only where we are to blame."""

from __future__ import annotations

import io
import logging

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response


@pytest.mark.parametrize(("status", "traced"), [(400, False), (500, True)])
def test_only_a_fault_of_ours_is_told_with_its_traceback(status: int, traced: bool) -> None:
    (console,) = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    stream = io.StringIO()
    before = console.setStream(stream)
    try:
        raise TooManyFieldsSent("the reason why")
    except TooManyFieldsSent as error:
        log_response(
            "%s: %s", error, "/search", level="error", exception=error,
            response=HttpResponse(status=status), request=RequestFactory().get("/search"),
        )  # fmt: skip
    finally:
        console.setStream(before)
    said = stream.getvalue()
    assert "the reason why: /search" in said
    assert ("Traceback" in said) is traced


def test_a_log_line_and_its_traceback_show_no_secret() -> None:
    (console,) = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    stream = io.StringIO()
    before = console.setStream(stream)
    try:
        raise ValueError("cannot reach redis://:Tr0ub4dor3@cache:6379/0")
    except ValueError:
        logging.getLogger("lumos.test").exception("with the token lmt_a8Kd02LmQz71xVbNpR4tYwUe5s")
    finally:
        console.setStream(before)
    said = stream.getvalue()
    assert "cannot reach redis://:[masked]@cache:6379/0" in said
    assert "lmt_a8" not in said
    assert "Traceback" in said
