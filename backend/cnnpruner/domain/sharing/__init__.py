"""Links, visitors, bundles and exports as values."""
