"""The pages: each view calls a query or an action, and renders."""
