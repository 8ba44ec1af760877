"""What a package is made of, and what it is checked for: runtime, libraries, archive, inventory."""
