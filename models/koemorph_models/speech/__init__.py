"""Speech with phone times: synthesised (`synthesis`), or recorded and aligned with its text (`alignment`)."""
