"""The nouns that all need: tools, releases, functions, dependencies, and what is known of them."""
