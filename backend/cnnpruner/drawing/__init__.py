"""SVG drawings, tables and pages for reports and notebooks, which need neither a server nor scripts."""
