"""Tools, releases, functions and dependencies, with their reports: the models that apps share."""
