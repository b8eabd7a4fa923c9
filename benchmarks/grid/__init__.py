"""The rules of sharing negatives over a grid of settings; benchmarks/quality_grid starts it."""
