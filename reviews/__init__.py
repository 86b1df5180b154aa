"""Ratings and reviews of tools."""
