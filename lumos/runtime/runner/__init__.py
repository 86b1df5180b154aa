"""Runs the functions of installed tools for another process.

A folder that needs only the standard library, so that it alone can be shown to a sandbox or to a
tool's environment, and nothing of ours can clash with what a tool depends on. The folder is mounted
and started as one, under any path and without ``lumos``.

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
``request``. A call may carry ``cwd`` (made if it is missing), ``files`` (name in the working
folder -> path to copy from), ``fork`` (run in a child process, so that nothing leaks into the
next call) and ``hold`` (with ``fork``: the child lives until the next request, so that it can be
measured). ``load`` and ``ping`` can be forked too.
"""
