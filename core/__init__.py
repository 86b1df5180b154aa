"""Code that all apps use: errors, audit log, jobs, cache, stores, slow clients."""
