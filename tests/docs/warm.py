"""`govern` without its start: a process that has everything imported, and forks for each command that a page types.

The pages type hundreds of commands, and most of the time of each went into the same imports. The command itself runs as ever: in a process of its own, in the folder, with the
environment and on the streams of whoever called. Run as `warm.py serve SOCKET`, and by the shell as `warm.py call SOCKET ARGUMENTS`.
"""

import json
import os
import signal
import socket
import sys
import threading

HEAVY = (
    "governance.cli.app", "governance.workspace", "governance.packs.build", "governance.packs.verify", "governance.verifier.command",
    "sqlmodel", "alembic.command", "networkx", "jinja2", "weasyprint", "matplotlib.backends.backend_svg", "scipy.special", "scipy.stats",
)  # fmt: skip


def serve(path):
    """Answer calls until the process is stopped."""
    for name in HEAVY:
        __import__(name)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    while True:
        caller, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            answer(caller)
        caller.close()


def answer(caller):
    """Run the command of one call in this process, and end it."""
    code = 1
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
        sys.argv = ["govern", *call["arguments"]]
        threading.Thread(target=until_gone, args=(caller,), daemon=True).start()
        code = run()
    finally:
        try:
            caller.sendall(bytes([code]))
        finally:
            os._exit(code)


def run():
    """The exit code of the command."""
    from governance.__main__ import main

    for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
        setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    try:
        main()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    else:
        code = 0
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def until_gone(caller):
    """Whoever called was stopped: stop too."""
    if caller.recv(1) == b"":
        os.kill(os.getpid(), signal.SIGTERM)


def call(path, arguments):
    """The shell's side: hand over the streams, the folder and the environment, and pass on the exit code."""
    said = json.dumps({"arguments": arguments, "folder": os.getcwd(), "environ": dict(os.environ)}).encode()  # noqa: PTH109
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    socket.send_fds(server, [len(said).to_bytes(4, "big") + said], [0, 1, 2])
    sys.exit(server.recv(1)[0])


if __name__ == "__main__":
    serve(sys.argv[2]) if sys.argv[1] == "serve" else call(sys.argv[2], sys.argv[3:])
