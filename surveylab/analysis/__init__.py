"""Use cases of learning: measure, analyse, decide. Never imports fieldwork."""
