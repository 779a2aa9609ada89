"""What every test starts from: no display is needed, and async tests run on the loop they ask for."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
