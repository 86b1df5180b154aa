"""Reading Python without running it: scopes, what names stand for, constant values, flows."""
