"""What the API and the pages share and what touches requests; it knows no business words."""
