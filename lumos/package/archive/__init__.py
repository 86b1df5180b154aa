"""The zip rules, checked before anything is inflated, and safe unpacking."""
