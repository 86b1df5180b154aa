"""The system calls that a tool may make, as a filter program for bubblewrap.

Every call that libseccomp knows is allowed except those named here. Calls that libseccomp does not
know yet fail with ENOSYS, so a newer kernel does not widen what a tool may do.
"""

from __future__ import annotations

import errno
import functools
import os
import socket
import tempfile
from typing import Any

HIGHEST_CALL = 1024

GROUPS = {
    "namespaces and mounts": (
        "unshare setns mount umount umount2 pivot_root chroot fsopen fsconfig fsmount fspick "
        "move_mount open_tree mount_setattr"
    ),
    "other processes": (
        "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp "
        "pidfd_getfd"
    ),
    "kernel interfaces with many past vulnerabilities": (
        "bpf io_uring_setup io_uring_enter io_uring_register userfaultfd perf_event_open add_key "
        "request_key keyctl seccomp landlock_create_ruleset landlock_add_rule "
        "landlock_restrict_self fanotify_init fanotify_mark name_to_handle_at open_by_handle_at "
        "lookup_dcookie vmsplice io_setup io_submit io_getevents io_pgetevents io_cancel "
        "io_destroy"
    ),
    "memory that process limits do not count": (
        "memfd_create memfd_secret shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop "
        "semctl semtimedop mq_open mq_unlink mbind set_mempolicy migrate_pages move_pages "
        "set_mempolicy_home_node"
    ),
    "the machine": (
        "init_module finit_module delete_module create_module query_module get_kernel_syms "
        "kexec_load kexec_file_load reboot swapon swapoff acct quotactl quotactl_fd syslog sync "
        "syncfs settimeofday clock_settime clock_adjtime adjtimex stime sethostname "
        "setdomainname iopl ioperm modify_ldt vhangup personality sysfs ustat uselib nfsservctl "
        "_sysctl vserver afs_syscall getpmsg putpmsg security tuxcall epoll_ctl_old "
        "epoll_wait_old"
    ),
}
REFUSED = frozenset(" ".join(GROUPS.values()).split())
#: Loads a filter; allowed only until the observer's filter is loaded.
LOADER = "seccomp"
#: The calls that are reported; ``sendto`` only with an address.
OBSERVED = (
    *("connect", "sendmsg", "sendmmsg"),
    *("open", "openat", "openat2", "creat"),
    *("execve", "execveat"),
    *("unlink", "unlinkat", "rename", "renameat", "renameat2", "rmdir", "truncate"),
)
WITH_RULES = frozenset({"clone", "clone3", "socket", "socketpair"})

NAMESPACE_FLAGS = (
    0x00020000,  # CLONE_NEWNS
    0x02000000,  # CLONE_NEWCGROUP
    0x04000000,  # CLONE_NEWUTS
    0x08000000,  # CLONE_NEWIPC
    0x10000000,  # CLONE_NEWUSER
    0x20000000,  # CLONE_NEWPID
    0x40000000,  # CLONE_NEWNET
)
LOW_WORD = 0xFFFFFFFF
TYPE = 0xF  # of a socket, without the flags in the same word


@functools.cache
def program(network: bool = False) -> bytes:
    """The BPF program. With ``network``, internet sockets (of an empty network) are allowed, and
    the call ``seccomp`` until :func:`observer` is loaded, which refuses it.

    Raises ImportError or RuntimeError if pyseccomp or libseccomp is missing.
    """
    import pyseccomp  # noqa: PLC0415 - fails where libseccomp is missing, and status() must say so

    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.ENOSYS))
    refused = REFUSED - {LOADER} if network else REFUSED
    for number in range(HIGHEST_CALL):
        name = call_name(pyseccomp, number)
        if name in refused:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), number)
        elif name and name not in WITH_RULES:
            rules.add_rule(pyseccomp.ALLOW, number)
    add_clone_rules(pyseccomp, rules)
    add_socket_rules(pyseccomp, rules, network)
    return exported(rules)


@functools.cache
def observer(notify: bool = True) -> bytes:
    """The BPF program that reports ``OBSERVED`` calls to the supervisor and refuses more filters.

    It is loaded inside, before the tool. Without ``notify`` it only refuses more filters. A refusal
    of :func:`program` outranks a report, so a call that is refused there is not seen.
    """
    import pyseccomp  # noqa: PLC0415

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), LOADER)
    for name in OBSERVED if notify else ():
        if call_number(name) >= 0:
            rules.add_rule(pyseccomp.NOTIFY, name)
    if notify:  # without an address it is a `send`, whose destination `connect` told
        rules.add_rule(pyseccomp.NOTIFY, "sendto", pyseccomp.Arg(4, pyseccomp.NE, 0))
    return exported(rules)


def call_number(name: str) -> int:
    """The number of a call on this machine; negative if it has none."""
    import pyseccomp  # noqa: PLC0415

    return int(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name))


def call_name(pyseccomp: Any, number: int) -> str:
    """The name of a call on this machine, empty if libseccomp does not know the number."""
    try:
        name = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, number)
    except ValueError:
        return ""
    return name.decode() if isinstance(name, bytes) else str(name or "")


def add_clone_rules(pyseccomp: Any, rules: Any) -> None:
    """Allow ``clone`` without new namespaces.

    ``clone3`` passes its flags in memory, where a filter cannot read them. It fails with ENOSYS,
    and libc then uses ``clone``.
    """
    masked = pyseccomp.MASKED_EQ
    rules.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, masked, sum(NAMESPACE_FLAGS), 0))
    for flag in NAMESPACE_FLAGS:
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", pyseccomp.Arg(0, masked, flag, flag))


def add_socket_rules(pyseccomp: Any, rules: Any, network: bool) -> None:
    """Sockets between processes of the sandbox; internet streams and datagrams if asked."""
    masked = pyseccomp.MASKED_EQ
    internet = {socket.AF_INET, socket.AF_INET6} if network else set()
    for family in range(socket.AF_UNSPEC, 64):
        word = pyseccomp.Arg(0, masked, LOW_WORD, int(family))
        kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM) if family in internet else ()
        for kind in kinds:
            of_kind = pyseccomp.Arg(1, masked, TYPE, int(kind))
            rules.add_rule(pyseccomp.ALLOW, "socket", word, of_kind)
        if not kinds:
            allowed = family == socket.AF_UNIX
            action = pyseccomp.ALLOW if allowed else pyseccomp.ERRNO(errno.EPERM)
            rules.add_rule(action, "socket", word)
    rules.add_rule(
        pyseccomp.ALLOW, "socketpair", pyseccomp.Arg(0, masked, LOW_WORD, int(socket.AF_UNIX))
    )


def exported(rules: Any) -> bytes:
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        return os.pread(file.fileno(), 1 << 20, 0)
