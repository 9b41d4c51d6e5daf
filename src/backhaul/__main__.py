"""``python -m backhaul``: the command line without the script."""

from backhaul.cli import main

main()
