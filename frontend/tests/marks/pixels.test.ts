import { expect, test } from "vitest";
import { blend, readPixels, type Pixels } from "../../src/marks/pixels";

const make = (width: number, height: number, pixel: readonly number[]): Pixels =>
  readPixels({
    width,
    height,
    data: Uint8ClampedArray.from(Array.from({ length: width * height }, () => pixel).flat()),
  } as unknown as ImageData);

const red = (picture: Pixels): number[] =>
  Array.from({ length: picture.words.length }, (_, i) => picture.bytes[4 * i]!);

const WHITE = [255, 255, 255, 255];
const BLACK = [0, 0, 0, 255];

test("an opaque sign covers what it lies on, and is cut off at every edge", () => {
  const picture = make(3, 2, WHITE);
  blend(picture, make(2, 2, BLACK), -1, -1, 1);
  blend(picture, make(2, 2, BLACK), 2, 1, 1);
  expect(red(picture)).toEqual([0, 255, 255, 255, 255, 0]);
  blend(picture, make(2, 2, BLACK), 3, 2, 1);
  blend(picture, make(2, 2, BLACK), -5, -5, 1);
  expect(red(picture)).toEqual([0, 255, 255, 255, 255, 0]);
});

test("alpha of the sign and of the whole mix the colours; the picture stays opaque", () => {
  const picture = make(1, 1, WHITE);
  blend(picture, make(1, 1, [0, 100, 255, 128]), 0, 0, 0.5);
  expect([...picture.bytes]).toEqual([191, 216, 255, 255]);
  blend(picture, make(1, 1, [0, 0, 0, 0]), 0, 0, 1);
  expect([...picture.bytes]).toEqual([191, 216, 255, 255]);
});
