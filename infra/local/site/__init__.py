"""The site of the local stack: one server for all functions, and the workbench at `/local`."""
