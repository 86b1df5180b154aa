"""Measures the marketplace: pages, writes, load, start, a publication. See README.md."""
