"""The pages for sending in steps: each step has an address, its form is answered with the address of the next."""
