"""Static analysis of packages: scanners, their rules, and the syntax package they use."""

#: The exit status of the child process if the scanners cannot start (not the package's fault).
CANNOT_START = 70
