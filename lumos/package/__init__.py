"""The format of a tool package: pure rules that the server and the command line share.

No Django, no network, no state; the only input is a file or a value that the caller hands over.

====================  =========================================================================
``findings``          what a check can find, and the refusal that carries findings
``names``             tool names, reserved words, popular distributions, look-alike folding
``versions``          SemVer 2.0.0 with the pre-releases that PEP 440 can say
``ranges``            npm's version ranges
``archive``           the zip rules, checked before anything is inflated (``zipformat``,
                      ``zipextra``, ``paths`` hold the parts), and ``unpack``
``record``            RECORD against the files
``metadata``          METADATA's standard fields and this registry's own rules (``fields``,
                      ``licenses``)
``manifest``          ``tool.toml`` (``permissions``, ``examples``, ``recordings`` hold its parts,
                      ``tables`` and ``tomllines`` read it)
``functions``         ``functions.json`` and its digest (``providers``: function-calling subsets)
``schema``            JSON Schema 2020-12: limits (``schematree`` walks, ``validation`` validates)
``compatibility``     two surfaces compared, and the version that their difference needs:
                      ``schemachanges`` in words, ``subschema`` the proof (with ``branches``,
                      ``keywords``, ``objectrules``, ``exclusive``, ``violation``,
                      ``schemafields``)
``wheel``             all of it together: ``read_wheel`` (with ``wheelfile``, ``contents``,
                      ``filescan``, ``documents``, ``agreement``, ``backends``,
                      ``toolnames``)
====================  =========================================================================
"""
