"""METADATA, WHEEL and the build backends that write them."""
