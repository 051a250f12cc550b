"""Commands and scripts without their start: a process that has everything imported, and forks for each that it is asked to run.

The tests start hundreds of processes, and most of the time of each went into the same imports. What is asked for itself runs as ever: in a process
of its own, in the folder, with the environment and on the streams of whoever called. `warm.py serve SOCKET MODULE…` begins one, a shell says
`warm.py call SOCKET ARGUMENTS` for `govern`, and `warmed.py` is the side of Python. Little is imported here, because a shell starts it for each command.
"""

import atexit
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import threading
import types


def serve(path, modules):
    """Answer calls until the process is stopped."""
    del sys.path[0]  # the folder of this file, which whoever calls has not
    for name in modules:
        __import__(name)
    gc.collect()
    gc.freeze()  # a child looks for cycles in what it made itself
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{path}.new")
    listening.listen()
    os.rename(f"{path}.new", path)  # so that who sees it can call
    signal.signal(signal.SIGCHLD, buried)
    while True:
        caller, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            answer(caller)
        caller.close()


def buried(*_):
    """Take in the ends of children, so that their time is counted with that of this process."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def answer(caller):
    """Run what one call asks for in this process, and end it."""
    code = 1
    here = os.getpid()
    try:
        head, streams, _, _ = socket.recv_fds(caller, 1 << 20, 3)
        length = int.from_bytes(head[:4], "big")
        said = head[4:]
        while len(said) < length:
            said += caller.recv(1 << 20)
        call = json.loads(said)
        for ours, theirs in enumerate(streams):
            os.dup2(theirs, ours)
            os.close(theirs)
        os.chdir(call["folder"])
        os.environ.clear()
        os.environ.update(call["environ"])
        sys.argv = call["arguments"]
        sys.path[:0] = [
            each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each not in {*sys.path, ""}
        ]
        threading.Thread(target=until_gone, args=(caller,), daemon=True).start()
        code = run(call.get("script"))
    finally:
        try:
            if os.getpid() == here:  # a script may have forked, and its child come to an end
                caller.sendall(bytes([code]))
        finally:
            os._exit(code)


def run(script):
    """The exit code of the command or the script, after all that Python does at the end of a process."""
    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    try:
        command() if script is None else executed(script)
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    except BaseException:  # as Python itself
        sys.excepthook(*sys.exc_info())
        code = 1
    else:
        code = 0
    if script is not None:
        threading._shutdown()
        atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def command():
    from governance.__main__ import main

    main()


def executed(path):
    sys.path.insert(0, os.path.dirname(path))
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    module.__file__ = path
    with open(path, encoding="utf-8") as file:
        source = file.read()
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - what was asked for


def until_gone(caller):
    """Whoever called was stopped: stop too."""
    if caller.recv(1) == b"":
        os.kill(os.getpid(), signal.SIGTERM)


def handed_over(path, said, streams, timeout=None):
    """Hand over streams, folder and environment; the exit code of what was asked for."""
    data = json.dumps(said).encode()
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(timeout)
        server.connect(path)
        socket.send_fds(server, [len(data).to_bytes(4, "big")], streams)
        server.sendall(data)
        return (server.recv(1) or b"\xff")[0]


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    else:
        asked = {"arguments": ["govern", *sys.argv[3:]], "folder": os.getcwd(), "environ": dict(os.environ)}
        sys.exit(handed_over(sys.argv[2], asked, [0, 1, 2]))
