"""Objecten API with its records, and the Objecttypen API, read-only."""
