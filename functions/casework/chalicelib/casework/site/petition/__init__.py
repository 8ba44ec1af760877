"""The pages of one petition: facts and actions, files, notices."""
