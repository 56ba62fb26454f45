"""Pictures of a take, without a window and without a DCC."""
