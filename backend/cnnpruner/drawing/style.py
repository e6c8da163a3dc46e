"""CSS of the report. It follows the reader's light or dark mode and is printable; colour is never the only cue."""

COLOUR_CSS = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --paper: #ffffff; --card: #f6f8fa;
  --recovered: #6e7781; --unrecovered: #8250df; --mark: #0072b2; --control: #d55e00; --autopilot: #009e73;
  --bad: #b35900; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --paper: #0d1117;
  --card: #151b23; --recovered: #9198a1; --unrecovered: #b392f0; --mark: #56b4e9; --control: #f0883e;
  --autopilot: #2fc79a; --bad: #f0b35a; } }
"""

DRAWING_CSS = """
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: 10px; }
svg { display: block; } svg text { fill: var(--ink); font: 11px system-ui, sans-serif; }
svg .soft { fill: var(--soft); } svg .axis { stroke: var(--line); }
.edge { fill: none; stroke: var(--recovered); stroke-width: 1.5; }
.edge.unrecovered { stroke: var(--unrecovered); stroke-dasharray: 5 4; } .edge.pending { stroke-dasharray: 1 4; }
.edge.unjudged { stroke-dasharray: 12 5; }
.node { fill: var(--paper); stroke: var(--mark); stroke-width: 1.6; } .control { stroke: var(--control); }
.automatic { stroke: var(--autopilot); } .unfinished { stroke: var(--soft); stroke-dasharray: 2 2; }
"""

PAGE_CSS = """
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 28px 24px 60px; background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 34px 0 10px; }
h3 { font-size: 14px; margin: 18px 0 4px; }
p { margin: 6px 0; max-width: 88ch; } .soft, figcaption { color: var(--soft); } .bad { color: var(--bad); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 16px; }
figure { margin: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 8px 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; } td { overflow-wrap: break-word; max-width: 44ch; }
@media print { body { max-width: none; padding: 0; } .wide { border: 0; padding: 0; } }
"""

REPORT_CSS = COLOUR_CSS + DRAWING_CSS + PAGE_CSS


def make_scoped_css(name: str) -> str:
    """Return the CSS of the drawings, limited to elements of class `name`, so that it does not affect the rest of a
    notebook.
    """
    return COLOUR_CSS.replace(":root", f".{name}") + f".{name} {{{DRAWING_CSS}}}"
