"""Publishing: upload, checks, quality report, go-live, yank and quarantine."""
