"""Who people are: users, organisations, namespaces, API tokens, sign-in."""
