"""HTTP code shared by the API and the pages, without business rules."""
