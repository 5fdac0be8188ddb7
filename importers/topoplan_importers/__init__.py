"""First-party importers, one module per source format; they see only what a third-party importer sees."""
