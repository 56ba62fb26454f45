"""What stands beside the face, a tab each."""
