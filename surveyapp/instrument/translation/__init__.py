"""Translations of a wave's texts: which are approved, which went stale, and the way back into the files."""
