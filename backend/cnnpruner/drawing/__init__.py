"""SVG, tables and pages that need no server and no script: for the report of a tree, and for notebooks."""
