"""The petition: its states, the verbs that change it, its history."""
