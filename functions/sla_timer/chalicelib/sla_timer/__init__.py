"""Does what falls due by itself: finds it every minute, and acts on one petition at a time."""
