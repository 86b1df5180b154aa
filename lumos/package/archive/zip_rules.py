"""The rules of the zip container."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "archive/data-descriptor",
        N_("Sizes behind the data"),
        what=N_("An entry of the zip names its sizes after its data instead of before it."),
        why=N_(
            "A reader that streams and a reader that seeks can then see two different contents."
        ),
        fix=N_(
            "Build with a standard backend (hatchling, setuptools, poetry, flit); do not write "
            "the zip by a stream."
        ),
    ),
    Rule(
        "archive/directory",
        N_("A directory that does not add up"),
        what=N_(
            "The zip's central directory has fewer or more bytes or entries than its end record"
            " says, or entries with comments."
        ),
        why=N_("Programs that open zips would disagree about what the wheel contains."),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/directory-place",
        N_("A directory in the wrong place"),
        what=N_("The zip's central directory does not end where its end record begins."),
        why=N_("Bytes between the two can hide a second archive."),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/encrypted",
        N_("An encrypted entry"),
        what=N_("An entry of the wheel is encrypted."),
        why=N_("What nobody can read, nobody can check."),
        fix=N_("Leave it out, or put it in as it is."),
    ),
    Rule(
        "archive/end-record",
        N_("No single end of the archive"),
        what=N_(
            "The file does not end with exactly one zip end record, or its numbers contradict "
            "one another."
        ),
        why=N_("With two ends a wheel is two archives, and programs choose differently."),
        fix=N_("Build the wheel again with a standard backend and append nothing to it."),
    ),
    Rule(
        "archive/extra-field",
        N_("An extra field that says something else"),
        what=N_(
            "An entry has an extra field that gives it another name, another size or an unknown"
            " meaning."
        ),
        why=N_(
            "A program that reads the field and one that does not would see two different files."
        ),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/flags",
        N_("Zip features that wheels do not use"),
        what=N_("An entry asks for a feature of zip that no wheel needs."),
        why=N_("Programs that lack the feature would see something else, or nothing."),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/gap",
        N_("Bytes that belong to nothing"),
        what=N_(
            "There are bytes between two entries, or between the last entry and the directory."
        ),
        why=N_(
            "What lies there is seen by some programs and not by others; it is where a second "
            "payload hides."
        ),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/local-header",
        N_("Two headers that disagree"),
        what=N_("What stands before an entry's data differs from what the directory says of it."),
        why=N_("Some programs read the one, some the other."),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/made-by",
        N_("Made for another kind of system"),
        what=N_(
            "An entry says that it was made for a system whose attributes mean something else."
        ),
        why=N_("Its kind and its rights cannot be read with certainty."),
        fix=N_("Build the wheel on Linux, macOS or Windows with a standard backend."),
    ),
    Rule(
        "archive/method",
        N_("An unusual compression"),
        what=N_("An entry is neither stored nor deflated."),
        why=N_("Not every installer can unpack it, and those that cannot fail at the user."),
        fix=N_("Build with a standard backend, which deflates."),
    ),
    Rule(
        "archive/multi-disk",
        N_("An archive over several disks"),
        what=N_("The zip says that it spans more than one disk."),
        why=N_("The rest of it is not here."),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/no-zip",
        N_("Not a wheel"),
        what=N_("The file is not a zip archive."),
        why=N_("A wheel is a zip archive; nothing in this file can be read."),
        fix=N_("Run `lumos build` and upload the .whl file that it writes into dist/."),
    ),
    Rule(
        "archive/overlap",
        N_("Entries that overlap"),
        what=N_("The data of an entry reaches into another entry or into the directory."),
        why=N_("Overlapping entries are how a small file becomes a huge one when it is unpacked."),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
    Rule(
        "archive/too-many-files",
        N_("Too many files"),
        what=N_("The wheel has more than 2,000 entries."),
        why=N_("Every file is read and scanned here, and stored by everybody who installs it."),
        fix=N_("Leave out generated files and test data, or split the tool."),
    ),
    Rule(
        "archive/truncated",
        N_("The end is missing"),
        what=N_("The file ends in the middle of a zip structure."),
        why=N_("The upload or the build was cut off."),
        fix=N_("Build again and upload the whole file."),
    ),
    Rule(
        "archive/zip64",
        N_("Contradictory large-file records"),
        what=N_(
            "The records for large archives (ZIP64) are malformed or contradict the short ones."
        ),
        why=N_("Programs would disagree about where the directory lies."),
        fix=N_("Build the wheel again with a standard backend and upload it unchanged."),
    ),
)
