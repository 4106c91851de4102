"""What comes next: routing, checking, progress, piping and robots. Pure functions over an instrument and answers."""
