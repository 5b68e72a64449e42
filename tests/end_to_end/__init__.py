"""The product as a program: real processes, sockets and stores."""
