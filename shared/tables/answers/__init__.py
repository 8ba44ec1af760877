"""Published answers as everybody may read them, and counts of what their readers think, without a trace of them."""
