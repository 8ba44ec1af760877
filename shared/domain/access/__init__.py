"""Access to petitions: the roles of officers, and who may know of a petition."""
