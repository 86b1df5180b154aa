import base64
import hashlib
import zlib
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_hash_generator import hash_generator
from lumos_hash_generator.algorithms import ALGORITHMS


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "sha512",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        ("sha3_256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
        ("shake_128", "5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b83351940f2cc8"),
        ("blake2s", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"),
        ("crc32", "352441c2"),
        ("adler32", "024d0127"),
    ],
)
def test_the_published_vectors_of_abc_hold(algorithm, digest):
    assert hash_generator("abc", algorithm).digest == digest


def test_sha256_in_hex_is_the_default():
    result = hash_generator("")
    assert result.digest == hashlib.sha256().hexdigest()
    assert (result.algorithm, result.encoding) == ("sha256", "hex")
    assert (result.digest_bits, result.input_bytes) == (256, 0)
    assert result.collision_resistant


def test_base64_holds_the_same_bytes_as_hex():
    written = hash_generator("lumos", encoding="base64").digest
    assert base64.b64decode(written).hex() == hash_generator("lumos").digest


def test_text_is_hashed_as_utf_8():
    result = hash_generator("é漢🙂", "sha512")
    assert result.digest == hashlib.sha512("é漢🙂".encode()).hexdigest()
    assert result.input_bytes == 9


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "crc32", "adler32"])
def test_weak_algorithms_say_so(algorithm):
    assert hash_generator("x", algorithm).collision_resistant is False


def test_every_algorithm_of_the_type_works_and_no_other():
    named = get_args(get_type_hints(hash_generator)["algorithm"])
    assert list(named) == list(ALGORITHMS)
    for algorithm in named:
        result = hash_generator("x", algorithm)
        assert len(result.digest) * 4 == result.digest_bits


@given(st.text())
def test_digests_agree_with_the_standard_library(text):
    data = text.encode(errors="surrogatepass")
    if data.decode(errors="replace") != text:
        with pytest.raises(ValueError, match="surrogate"):
            hash_generator(text)
        return
    assert hash_generator(text, "blake2b").digest == hashlib.blake2b(data).hexdigest()
    assert int(hash_generator(text, "crc32").digest, 16) == zlib.crc32(data)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input": "x", "algorithm": "sha257"}, "'sha257' is not known. Choose one of: md5"),
        ({"input": "x", "encoding": "rot13"}, "Choose hex or base64"),
        ({"input": "ab\ud800"}, "at character 3"),
        ({"input": "x" * 50_000_001}, "Hash its parts"),
    ],
)
def test_what_cannot_be_hashed_is_refused_with_a_reason(arguments, message):
    with pytest.raises(ValueError, match=message):
        hash_generator(**arguments)
