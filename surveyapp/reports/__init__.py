"""Which figures, on which base, for whom: every number that leaves the product is a cell of a table made here."""
