"""What was tabulated or collected becomes a file: the two Excel books, the codebook, CSV, charts as SVG."""
