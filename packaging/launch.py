"""Where a frozen Stepscope begins, and with it the child processes that a graph starts by multiprocessing."""

import sys

if "--multiprocessing-fork" in sys.argv:
    from multiprocessing.spawn import freeze_support

    freeze_support()
elif "-c" in sys.argv and "from multiprocessing." in sys.argv[-1]:  # what multiprocessing cleans up with
    exec(sys.argv[-1])
    sys.exit()

from stepscope.__main__ import main

sys.exit(main())
