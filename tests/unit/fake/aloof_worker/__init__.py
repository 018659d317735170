"""The fake worker, laid out as a real one is."""
