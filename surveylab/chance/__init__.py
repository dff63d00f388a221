"""Checks of chance: whether the randomisation that was stored is the one that ran. Counts in, verdicts out."""
