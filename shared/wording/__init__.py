"""What notices say: their texts, the sandbox that renders them, and the rules that a text must keep."""
