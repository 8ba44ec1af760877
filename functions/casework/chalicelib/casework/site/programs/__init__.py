"""The administrators' pages of programs: those that are notified of events, and the machine accounts."""
