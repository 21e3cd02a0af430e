"""What is done in the background: readers of the log that nobody waits for."""
