"""The wire: bytes in, values out. It never touches a socket, a clock or a disk."""
