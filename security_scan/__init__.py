"""The scanners and the sandbox: what a package is made of, and what it does when it runs."""

#: How the child of a scan ends where no scanner was reached: that is no fault of the package.
CANNOT_START = 70
