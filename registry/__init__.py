"""The registry: the static tree that every install reads, and how one machine serves it.

``values`` reads the catalog, ``documents`` and ``simple`` build the files purely, ``actions``
writes them, ``serve`` answers requests without Django's help.
"""
