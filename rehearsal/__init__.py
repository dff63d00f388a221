"""Providers as they behave, and misbehave, on this machine: what channels are tested and rehearsed against."""
