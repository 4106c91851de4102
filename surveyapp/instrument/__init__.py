"""What is asked: the definition of a study, read from YAML, checked, and resolved per role."""
