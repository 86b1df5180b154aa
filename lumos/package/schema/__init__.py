"""JSON Schema 2020-12: limits, validation, comparison and the model providers' subsets."""
