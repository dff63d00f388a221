"""The ledger. The only SQL of the house.

``ledger`` opens a database; every other module reads or writes one part of it through a
connection of ``Ledger.read`` or ``Ledger.write``: ``frames``, ``experiments``, ``cases``,
``assignments``, ``responses``, ``quotas``, ``histories`` (what measures are computed from), ``datasets`` (cells
and counts), ``runs``, ``secret``.
"""
