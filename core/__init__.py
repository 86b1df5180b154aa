"""The kernel, without business words: errors, audit, jobs, the store, API and web plumbing."""
