/** The subset of canvas methods that charts use, and a drawing context that implements it by writing SVG. */

export type DrawingContext = Pick<
  CanvasRenderingContext2D,
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "globalAlpha"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "arc"
  | "fill"
  | "stroke"
  | "fillRect"
>;

export class SvgContext implements DrawingContext {
  fillStyle = "#000";
  strokeStyle = "#000";
  lineWidth = 1;
  globalAlpha = 1;
  private path = "";
  private readonly parts: string[] = [];

  beginPath(): void {
    this.path = "";
  }

  moveTo(x: number, y: number): void {
    this.path += `M${formatCoordinate(x)},${formatCoordinate(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `L${formatCoordinate(x)},${formatCoordinate(y)}`;
  }

  /** Adds a full circle to the path. Other arcs are not supported, because the charts draw none. */
  arc(x: number, y: number, radius: number): void {
    const [r, width] = [formatCoordinate(radius), formatCoordinate(2 * radius)];
    this.path += `M${formatCoordinate(x - radius)},${formatCoordinate(y)}a${r},${r} 0 1,0 ${width},0a${r},${r} 0 1,0 -${width},0`;
  }

  fill(): void {
    this.add(`d="${this.path}" fill="${this.fillStyle}"`);
  }

  stroke(): void {
    this.add(`d="${this.path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.add(
      `d="M${formatCoordinate(x)},${formatCoordinate(y)}h${formatCoordinate(width)}v${formatCoordinate(height)}h${formatCoordinate(-width)}z" fill="${this.fillStyle}"`,
    );
  }

  get markup(): string {
    return this.parts.join("");
  }

  private add(attributes: string): void {
    if (attributes.startsWith('d=""')) return;
    this.parts.push(`<path ${attributes}${this.globalAlpha === 1 ? "" : ` opacity="${this.globalAlpha}"`}/>`);
  }
}

const formatCoordinate = (value: number): string => String(Math.round(value * 100) / 100);
