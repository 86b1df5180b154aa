"""The rules of RECORD."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "archive/record-extra",
        N_("RECORD lists what is not there"),
        what=N_(
            "RECORD names a file that the wheel does not hold, or names it in another spelling."
        ),
        why=N_("RECORD is the wheel's own list of contents; only what it vouches for is trusted."),
        fix=N_("Build the wheel again; do not edit it afterward."),
    ),
    Rule(
        "archive/record-form",
        N_("RECORD cannot be read"),
        what=N_("RECORD is not a table of path, hash and size."),
        why=N_("RECORD is the wheel's own list of contents; only what it vouches for is trusted."),
        fix=N_("Build the wheel again with a standard backend; do not edit it afterward."),
        bad="acme_tool/__init__.py;sha256=…;120",
        good="acme_tool/__init__.py,sha256=…,120",
    ),
    Rule(
        "archive/record-hash",
        N_("A hash that does not fit"),
        what=N_("The hash of a file in RECORD is missing, weak, or not the hash of the file."),
        why=N_("The file was changed after the wheel was built."),
        fix=N_("Build the wheel again; do not edit it afterward."),
    ),
    Rule(
        "archive/record-missing",
        N_("A file that RECORD does not list"),
        what=N_("The wheel holds a file of which RECORD says nothing."),
        why=N_("It was added after the wheel was built, so nothing vouches for it."),
        fix=N_("Build the wheel again; do not add files to it."),
    ),
    Rule(
        "archive/record-self",
        N_("RECORD vouches for itself"),
        what=N_("RECORD gives a hash or a size of itself."),
        why=N_(
            "No file can hold its own hash; the line was written by hand or by a faulty program."
        ),
        fix=N_("Build the wheel again with a standard backend."),
    ),
    Rule(
        "archive/record-size",
        N_("A size that does not fit"),
        what=N_("RECORD gives another size of a file than it has."),
        why=N_("The file was changed after the wheel was built."),
        fix=N_("Build the wheel again; do not edit it afterward."),
    ),
    Rule(
        "archive/record-twice",
        N_("A file listed twice"),
        what=N_("RECORD has two lines for one file."),
        why=N_("Two lines can vouch for two contents."),
        fix=N_("Build the wheel again with a standard backend."),
    ),
)
