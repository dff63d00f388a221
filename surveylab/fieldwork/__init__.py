"""Use cases of collecting: recruit, contact, interview, monitor. Never imports analysis."""
