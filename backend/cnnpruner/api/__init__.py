"""REST: parse, one service call, return."""
