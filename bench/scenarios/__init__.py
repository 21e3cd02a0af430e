"""What is measured: one file for a row of the scorecard."""
