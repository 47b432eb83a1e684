"""Entry: `python host`, with a socket to the server as file descriptor 3."""

from threadline_host.main import main

main()
