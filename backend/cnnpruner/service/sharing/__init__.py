"""Links, bundles, exports and reports."""
