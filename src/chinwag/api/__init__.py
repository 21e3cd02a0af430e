"""HTTP: the same commands as over the socket, the page, and signs of life."""
