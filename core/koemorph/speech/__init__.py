"""Speech as phones: which of them sound when, heard from a posterior or read from a script."""
