"""A small language over the real doors: who does it, what they do, what must hold."""

from tests.language.answers import Answer, assert_finding, assert_ok, assert_problem
from tests.language.people import Person

__all__ = ["Answer", "Person", "assert_finding", "assert_ok", "assert_problem"]
