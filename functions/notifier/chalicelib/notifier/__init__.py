"""The notifier: renders every notice, sends it over the channel its reader chose, and learns whether it arrived."""
