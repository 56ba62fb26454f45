"""What is open in the panel, and who makes and plays it. Nothing here is seen."""
