"""Tests of the page in a real browser: a package, so that its driver ends with them."""
