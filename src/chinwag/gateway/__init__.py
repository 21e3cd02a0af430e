"""The live edge: sockets in, the fan-out, sockets out."""
