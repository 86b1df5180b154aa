"""The registry: the static files that installers read, and the server for them on one machine.

``values`` reads the catalog, ``documents`` and ``simple`` build the files from values, ``actions``
writes them, ``serve`` answers requests before Django is reached.
"""
