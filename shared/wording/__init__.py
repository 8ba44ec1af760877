"""The texts of notices: packaged templates, the sandbox that renders them, and the rules that a text must keep."""
