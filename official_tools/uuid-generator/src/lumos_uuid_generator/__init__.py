"""Make UUIDs by RFC 9562."""

from lumos_uuid_generator.generate import UuidBatch, uuid_generator

__all__ = ["UuidBatch", "uuid_generator"]
