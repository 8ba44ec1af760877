"""The commands of `ops`, a module for each; they show and call code that others use too."""
