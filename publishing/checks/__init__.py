"""The checks of a publication, one file each, in the order of publishing.states.CHECKS."""
