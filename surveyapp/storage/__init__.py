"""Tables and queries. Keeps names, codes and definition hashes; never an instrument object."""
