"""What every app uses and no app owns: errors, audit log, jobs, cache, stores, slow clients."""
