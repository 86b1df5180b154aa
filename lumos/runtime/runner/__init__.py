"""Runs the functions of installed tools for another process.

The folder is mounted in the sandbox and started in a tool's environment on its own, under any path
and without ``lumos``. It needs only the standard library, so that no dependency of ours can
conflict with those of a tool.

Started as ``python -I -B FOLDER [--path DIR ...] [--in FD] [--out FD] [--max-answer BYTES]``.
It reads one JSON request a line from ``--in`` (default 3) and answers with one JSON line on
``--out`` (default 4), so that stdin, stdout and stderr stay the tool's own::

    {"id": 1, "op": "load", "functions": {"add": "acme_add:add"}}
    {"id": 2, "op": "call", "function": "add", "arguments": {"a": 1, "b": 2}}
    {"id": 3, "op": "ping"}

    {"id": 1, "ok": true}
    {"id": 2, "ok": true, "value": 3}
    {"id": 2, "ok": false, "error": {"kind", "type", "message", "traceback", "errno"?}}

``kind`` is ``load``, ``arguments``, ``raised``, ``result``, ``too large``, ``exit`` (the process
that ran the function ended before it answered; then ``signal`` or ``status`` says how) or
``request``. A call can have ``cwd`` (created if it does not exist), ``files`` (name in the working
folder -> path to copy from), ``fork`` (run in a child process, so that nothing leaks into the
next call) and ``hold`` (with ``fork``: the child lives until the next request, so that it can be
measured). ``load`` and ``ping`` can be forked too.
"""
