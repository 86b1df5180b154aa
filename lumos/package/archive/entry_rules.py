"""The rules of an archive's entries: names, kinds and sizes."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "archive/collision",
        N_("Two names that are one on some system"),
        what=N_(
            "Two entries have names that differ only in upper and lower case, or in a way that "
            "a file system ignores."
        ),
        why=N_("Which of the two is installed would depend on the system."),
        fix=N_("Rename or remove one of the two."),
        bad=("acme_tool/Data.json\nacme_tool/data.json"),
    ),
    Rule(
        "archive/file-and-folder",
        N_("One name for a file and a folder"),
        what=N_("A name is a file, and other entries lie below it as if it were a folder."),
        why=N_("Which of them is installed would depend on the order of unpacking."),
        fix=N_("Rename or remove one of the two."),
        bad=("acme_tool/data\nacme_tool/data/table.json"),
    ),
    Rule(
        "archive/name",
        N_("A name that leads elsewhere"),
        what=N_(
            "The name of an entry is absolute, climbs with .., holds invisible or reserved "
            "characters, or is too long or too deep."
        ),
        why=N_("On some system the name would lead to another place or show as another name."),
        fix=N_("Rename the file; use letters, digits, '-', '_' and '.'."),
        bad="acme_tool/../../.bashrc",
        good="acme_tool/bashrc.example",
    ),
    Rule(
        "archive/kind",
        N_("A link or a device"),
        what=N_(
            "An entry is a symbolic link, a device or another thing that is neither a file nor "
            "a folder."
        ),
        why=N_("A link can lead out of the folder into which the wheel is unpacked."),
        fix=N_("Replace it with a regular file, or leave it out."),
    ),
    Rule(
        "archive/too-large",
        N_("Too large"),
        what=N_(
            "The wheel, a file in it, or all of it unpacked is larger than the limits: 50 MB "
            "packed, 200 MB unpacked, 50 MB for one file, 100 times the packed size."
        ),
        why=N_(
            "Everybody who installs the tool downloads and unpacks all of it, and no wheel may "
            "fill a disk."
        ),
        fix=N_("Leave out data that the tool can fetch or compute, tests and generated files."),
    ),
    Rule(
        "archive/stored-size",
        N_("Two sizes for one entry"),
        what=N_("An entry is stored uncompressed, with two different sizes."),
        why=N_("Readers would take different lengths of it."),
        fix=N_("Build the wheel again with a standard backend."),
    ),
    Rule(
        "archive/content",
        N_("Damaged content"),
        what=N_("The content of an entry has another size or checksum than the archive promises."),
        why=N_(
            "Programs disagree about damaged entries, so two people could install two different"
            " things."
        ),
        fix=N_("Build the wheel again and upload it as the backend wrote it."),
    ),
    Rule(
        "archive/changed",
        N_("The wheel changed while it was read"),
        what=N_("The file on the disk was written to while it was being checked."),
        why=N_("What was checked would not be what is stored."),
        fix=N_("Wait until the build has ended, then upload again."),
    ),
)
