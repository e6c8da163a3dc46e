import { expect, test } from "vitest";
import { SvgPen } from "../../src/marks/pen";

test("what is drawn with the pen is what a canvas would show", () => {
  const pen = new SvgPen();
  pen.fillStyle = "red";
  pen.globalAlpha = 0.5;
  pen.beginPath();
  pen.arc(10, 20, 5);
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = "blue";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.lineTo(1.234, 5.678);
  pen.stroke();
  pen.fillRect(1, 2, 3, 4);
  expect(pen.markup).toBe(
    '<path d="M5,20a5,5 0 1,0 10,0a5,5 0 1,0 -10,0" fill="red" opacity="0.5"/>' +
      '<path d="M0,0L1.23,5.68" fill="none" stroke="blue" stroke-width="2"/>' +
      '<path d="M1,2h3v4h-3z" fill="red"/>',
  );
});

test("an empty path leaves nothing", () => {
  const pen = new SvgPen();
  pen.beginPath();
  pen.fill();
  expect(pen.markup).toBe("");
});
