"""The screens: each asks the Library, in a thread, and tells its widgets what to show."""
