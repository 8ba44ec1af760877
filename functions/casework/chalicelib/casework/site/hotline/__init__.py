"""The hotline operators' pages: petitions by telephone, callers, calls to be made."""
