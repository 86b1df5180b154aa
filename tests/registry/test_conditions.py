"""Properties of ranges and conditions that no example would find."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from registry.conditions import (
    HTML,
    SIMPLE_HTML,
    SIMPLE_JSON,
    Unsatisfiable,
    not_modified,
    requested_span,
    simple_format,
)

ANY = st.text(st.characters(codec="latin-1"), max_size=60)
NUMBER = st.one_of(st.just(""), st.integers(0, 50).map(str))


@given(ANY, ANY)
def test_any_accept_header_gets_one_of_the_representations(accept: str, wanted: str) -> None:
    assert simple_format(accept, wanted) in (HTML, SIMPLE_HTML, SIMPLE_JSON)


@given(NUMBER, NUMBER, st.integers(0, 40))
def test_a_span_always_lies_in_the_file(first: str, last: str, size: int) -> None:
    try:
        span = requested_span(f"bytes={first}-{last}", size, "", '"e"', 0)
    except Unsatisfiable:
        return
    if span is not None:
        assert 0 <= span.start < span.end <= size
        if first:
            assert span.start == int(first)
        else:
            assert span.end == size


@given(ANY, ANY, st.integers(0, 10))
def test_no_header_breaks_the_reading_of_a_range(asked: str, if_range: str, size: int) -> None:
    with contextlib.suppress(Unsatisfiable):
        requested_span(asked, size, if_range, '"e"', 0)


@given(ANY, ANY)
def test_no_header_breaks_a_condition(tags: str, since: str) -> None:
    not_modified('"e"', 0, tags, since)


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters='"'), max_size=5)))
def test_a_tag_matches_exactly_if_it_is_in_the_list(others: list[str]) -> None:
    listed = ", ".join(f'"{other}"' for other in others)
    assert not_modified('"mine"', 0, f'{listed}, "mine"', "")
    assert not_modified('"mine"', 0, listed or '""', "") == ("mine" in others)
