"""Values prepared for templates: charts, evidence, schemas, comparison, differences."""
