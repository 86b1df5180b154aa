"""Compute the digest of a text."""

from lumos_hash_generator.digest import HashDigest, hash_generator

__all__ = ["HashDigest", "hash_generator"]
