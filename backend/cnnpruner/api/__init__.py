"""REST routes: each parses the request, calls one service function and returns the function's value."""
