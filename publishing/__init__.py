"""The way in: upload, pipeline, verdict, go-live, yank."""
