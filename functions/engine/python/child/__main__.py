"""Entry: `python child`, with a socket to the server as file descriptor 3."""

from threadline_child.main import main

main()
