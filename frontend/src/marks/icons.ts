/** Icons, each a single stroked path on a 16 × 16 grid. */

const ICONS = {
  options: "M2.5 5h4M10.5 5h3M8.5 3v4M2.5 11h2M8.5 11h5M6.5 9v4",
  grid: "M6 2.5v11M10 2.5v11M2.5 6h11M2.5 10h11",
  undo: "M3 6h7a3.5 3.5 0 0 1 0 7H6M3 6l3-3M3 6l3 3",
  redo: "M13 6H6a3.5 3.5 0 0 0 0 7h4M13 6l-3-3M13 6l-3 3",
  stop: "M4.5 4.5h7v7h-7z",
  share: "M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.2 1.2a3 3 0 0 1-4.3-4.3L4.7 7.2",
  save: "M8 2.5V10M5 7.5l3 3 3-3M3 13.5h10",
  export: "M8 10V2.5M5 5.5l3-3 3 3M3 9v4.5h10V9",
  theme: "M13.5 8A5.5 5.5 0 1 1 2.5 8a5.5 5.5 0 0 1 11 0zM8 2.5v11M10.5 3.2v9.6M12.5 5v6",
  help: "M5.8 5.8a2.3 2.3 0 1 1 3.3 2.1c-.7.4-1.1.8-1.1 1.7M8 12.3v.2",
  info: "M13.5 8A5.5 5.5 0 1 1 2.5 8a5.5 5.5 0 0 1 11 0zM8 7.5v3.5M8 5v.2",
  star: "M8 2.3l1.7 3.6 3.9.5-2.9 2.7.8 3.9L8 11.1 4.5 13l.8-3.9L2.4 6.4l3.9-.5z",
  note: "M3 2.5h10v8l-3 3H3zM5.5 6h5M5.5 8.5h3",
  enlarge: "M9.5 3H13v3.5M6.5 13H3V9.5M13 3L9.2 6.8M3 13l3.8-3.8",
  back: "M13 6.5H9.5V3M3 9.5h3.5V13M9.5 6.5L13 3M6.5 9.5L3 13",
  plus: "M8 3v10M3 8h10",
  target: "M13 8A5 5 0 1 1 3 8a5 5 0 0 1 10 0zM8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4",
  compare: "M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z",
  find: "M11 7a4 4 0 1 1-8 0a4 4 0 0 1 8 0zM10 10l3.5 3.5",
  paper: "M4 2.5h5.5L12 5v8.5H4zM9.5 2.5V5H12M6 7.5h4M6 9.5h4M6 11.5h2.5",
  more: "M3.2 8h.1M8 8h.1M12.7 8h.1",
  takeOver: "M3 3.5v9M6 3.5l7 4.5l-7 4.5z",
  trash: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5",
} as const;

export type IconName = keyof typeof ICONS;

/** Returns the SVG markup of an icon. It contains no user input, so it needs no escaping. */
export const icon = (name: IconName): string =>
  `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;

/** The logo: bars that stand for four layers, each with fewer filters than the one before. */
export const LOGO_SVG =
  '<svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true"><path fill="currentColor" d="M1 2h3v14H1zM5.3 4h3v12h-3zM9.6 8h3v8h-3zM13.9 12h3v4h-3z"/></svg>';
