"""The shop: home, browse, tool pages, reviews, publisher and account pages."""
