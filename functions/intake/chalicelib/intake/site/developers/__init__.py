"""The pages for developers: how to connect to the API, its reference by part, a page for each problem."""
