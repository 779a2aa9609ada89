"""How a command ends: its exit statuses, and the refusal of one that cannot be meant."""

FINISHED = 0
FAILED = 1
REFUSED = 2  # a wrong target, a bad input, a bad option: nothing has run

CHANNEL_LOST = 117
HOST_BROKEN = 118
"""Of a worker that cannot go on: the user's code has closed what joins it to the window, or broken the host.

No program is likely to choose them.
"""


class Refused(Exception):
    """The command line cannot be meant; the message is the one line to show."""
