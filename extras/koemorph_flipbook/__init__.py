"""Speech straight to pictures of our head: no curves, no rig. Imported only where it is asked for."""
