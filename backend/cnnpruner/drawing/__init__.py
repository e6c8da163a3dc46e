"""SVG drawings, tables and HTML pages for reports and notebooks. They need neither a server nor scripts."""
