"""The shop's pages: each view asks a query or calls an action, and renders."""
