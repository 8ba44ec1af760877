"""The signed-in officer, their sessions, and the petitions that they may see."""
