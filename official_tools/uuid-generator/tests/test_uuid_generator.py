import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from lumos_uuid_generator import uuid_generator

_TICKS_TO_1970 = 0x01B21DD213814000


def make(version, count=1):
    return [uuid.UUID(text) for text in uuid_generator(version, count).uuids]


def test_one_random_uuid_is_the_default():
    batch = uuid_generator()
    (text,) = batch.uuids
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text
    )
    assert (batch.version, batch.count) == (4, 1)


@pytest.mark.parametrize("version", [1, 4, 6, 7])
def test_version_and_variant_are_set_in_every_uuid(version):
    made = make(version, 2000)
    assert len(set(made)) == 2000
    assert {item.version for item in made} == {version}
    assert {item.variant for item in made} == {uuid.RFC_4122}


def test_formats_write_the_same_128_bits():
    assert re.fullmatch(r"[0-9a-f]{32}", uuid_generator(format="simple").uuids[0])
    urn = uuid_generator(format="urn").uuids[0]
    assert urn.startswith("urn:uuid:")
    assert uuid.UUID(urn).urn == urn


def test_version_7_holds_the_time_in_milliseconds_and_ascends():
    before = time.time_ns() // 1_000_000
    texts = uuid_generator(7, 5000).uuids
    after = time.time_ns() // 1_000_000
    stamps = [uuid.UUID(text).int >> 80 for text in texts]
    assert before <= stamps[0] <= stamps[-1] <= after + 2
    assert texts == sorted(texts)


def test_version_6_ascends_and_holds_the_time_of_version_1():
    texts = uuid_generator(6, 1000).uuids
    assert texts == sorted(texts)
    bits = uuid.UUID(texts[0]).int
    ticks = bits >> 80 << 12 | bits >> 64 & 0xFFF
    assert abs((ticks - _TICKS_TO_1970) / 10_000_000 - time.time()) < 5


def test_version_1_holds_the_time_and_a_random_node_instead_of_an_address():
    first, second = make(1, 2)
    assert abs((first.time - _TICKS_TO_1970) / 10_000_000 - time.time()) < 5
    assert first.node >> 40 & 1
    assert first.node != second.node != uuid.getnode()


def test_random_bits_are_spread_evenly():
    fixed_ones, free_bits = 2, 122
    ones = sum(item.int.bit_count() - fixed_ones for item in make(4, 4000))
    assert ones / (4000 * free_bits) == pytest.approx(0.5, abs=0.005)


def test_threads_never_share_a_uuid():
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: uuid_generator(7, 500).uuids, range(8)))
    assert len({text for batch in batches for text in batch}) == 4000


def test_a_clock_that_goes_back_still_ascends(monkeypatch):
    (first,) = uuid_generator(7).uuids
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    (second,) = uuid_generator(7).uuids
    assert first < second


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"version": 3}, "computed from a name"),
        ({"version": 5}, "Use version 4"),
        ({"version": 2}, "no UUID version 2 here"),
        ({"count": 0}, "between 1 and 10000"),
        ({"count": 10_001}, "Call the tool again"),
        ({"format": "braces"}, "Choose standard, simple or urn"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_reason(arguments, message):
    with pytest.raises(ValueError, match=message):
        uuid_generator(**arguments)
