"""``python FOLDER``: the worker, started by the window. A Python that is too old can read this file, too."""

import sys

if __name__ == "__main__":  # not when the user's code starts processes that import their parent's main module
    if sys.version_info < (3, 10):  # noqa: UP036
        sys.exit("it is Python %d.%d, and 3.10 or newer is needed" % sys.version_info[:2])  # noqa: UP031
    # This package, not one of another version that may be installed here; then the user's modules go first.
    from stepscope_host.worker import main

    sys.path.append(sys.path.pop(0))
    main()
