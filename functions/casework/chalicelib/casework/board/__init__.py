"""A unit's board: who works on what, work given to somebody else, absences with a stand-in."""
