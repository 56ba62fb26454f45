"""Errors of the making of models; those that users meet as well are in `koemorph.errors`."""

from __future__ import annotations

from koemorph.errors import KoeMorphError


class DataError(KoeMorphError):
    """A data set, a capture or a list of utterances cannot be used as it is."""
