"""Speech to pictures in one net: three seconds of sound in, ninety pictures of our head out."""
