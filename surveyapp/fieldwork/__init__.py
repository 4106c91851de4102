"""Collecting: waves, interviews, arrivals, imports, and the figures that steer the fieldwork."""
