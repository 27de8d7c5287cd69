"""`python -m tui` is `newscast`."""

from tui.entry import main

main()
