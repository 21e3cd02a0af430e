"""The scorecard: how fast Chinwag is, side by side with what else one might take."""
