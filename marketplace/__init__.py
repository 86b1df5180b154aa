"""The pages: home, search, tools, reviews, publishing, publishers and accounts; and /mcp/."""
