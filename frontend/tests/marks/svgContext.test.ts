import { expect, test } from "vitest";
import { SvgContext } from "../../src/marks/svgContext";

test("the SVG context draws what a canvas would show", () => {
  const context = new SvgContext();
  context.fillStyle = "red";
  context.globalAlpha = 0.5;
  context.beginPath();
  context.arc(10, 20, 5);
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = "blue";
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(1.234, 5.678);
  context.stroke();
  context.fillRect(1, 2, 3, 4);
  expect(context.markup).toBe(
    '<path d="M5,20a5,5 0 1,0 10,0a5,5 0 1,0 -10,0" fill="red" opacity="0.5"/>' +
      '<path d="M0,0L1.23,5.68" fill="none" stroke="blue" stroke-width="2"/>' +
      '<path d="M1,2h3v4h-3z" fill="red"/>',
  );
});

test("an empty path writes nothing", () => {
  const context = new SvgContext();
  context.beginPath();
  context.fill();
  expect(context.markup).toBe("");
});
