"""A filmed mouth: what is known of how lips really move, and a reader that tells it from sound.

clips       the film's clips: sound, words, and how far lips and chin are apart in each picture
comparison  curves beside the film: how well they agree
picture     courses drawn over the film's
reader      from what the listener hears to the mouth's course
"""
