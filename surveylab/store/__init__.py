"""The ledger. The only SQL of the house."""
