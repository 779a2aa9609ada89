"""``python FOLDER``: the far side, started by Stepscope. A Python that is too old can read this file, too.

``FOLDER run FILE`` answers `stepscope run`; anything else is a worker.
"""

import sys

if __name__ == "__main__":  # not when the user's code starts processes that import their parent's main module
    if sys.version_info < (3, 10):  # noqa: UP036
        sys.stderr.write("This is Python %d.%d; a graph needs 3.10 or newer.\n" % sys.version_info[:2])  # noqa: UP031
        sys.exit(2)
    # This package, not one of another version that may be installed here; then the user's modules go first.
    import stepscope_host  # noqa: F401

    sys.path.append(sys.path.pop(0))
    # Compiled modules start in half the time. What the user says of that is said of the user's own.
    leaves_no_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    if sys.argv[1:2] == ["run"]:
        from stepscope_host.run_command import answer

        sys.dont_write_bytecode = leaves_no_bytecode
        sys.exit(answer(sys.argv[2]))
    from stepscope_host.serving.worker import main

    sys.dont_write_bytecode = leaves_no_bytecode
    main()
