"""Actions of officers on petitions: one module for each group, one row for each action."""
