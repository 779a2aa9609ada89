"""How a command ends: its exit statuses, and the refusal of one that cannot be meant."""

FINISHED = 0
FAILED = 1
REFUSED = 2  # a wrong target, a bad input, a bad option: nothing has run


class Refused(Exception):
    """The command line cannot be meant; the message is the one line to show."""
