"""Where Qt meets asyncio: the loop, the controller, and the run as a Qt object that changes once a frame."""
