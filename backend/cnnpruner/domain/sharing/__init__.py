"""Links, visitors, bundles and exports."""
