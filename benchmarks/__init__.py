"""Speed and memory, each as a ratio against a floor measured in the same run."""
