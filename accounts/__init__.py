"""Who people are: users, organizations, namespaces, API tokens, sign-in."""
