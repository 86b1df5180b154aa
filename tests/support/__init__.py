"""Helpers for tests through the real entry points: users, requests and assertions."""

from tests.support.answers import Answer, assert_finding, assert_ok, assert_problem
from tests.support.users import Person

__all__ = ["Answer", "Person", "assert_finding", "assert_ok", "assert_problem"]
