"""The grammar: frozen values and pure functions over them. Standard library only, no I/O.

What an experiment is (``experiment``), what respondents answer (``instrument``), how a
factor reaches into both (``factors``), the small language of conditions (``rules``), what
became of a case (``dispositions``), and what an analysis says (``results``).
"""
