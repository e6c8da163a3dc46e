import { expect, test } from "vitest";
import { blendSprite, readPixels, type Pixels } from "../../src/marks/pixels";

const make = (width: number, height: number, pixel: readonly number[]): Pixels =>
  readPixels({
    width,
    height,
    data: Uint8ClampedArray.from(Array.from({ length: width * height }, () => pixel).flat()),
  } as unknown as ImageData);

const redChannel = (picture: Pixels): number[] =>
  Array.from({ length: picture.words.length }, (_, i) => picture.bytes[4 * i]!);

const WHITE = [255, 255, 255, 255];
const BLACK = [0, 0, 0, 255];

test("an opaque sprite covers the picture and is clipped at every edge", () => {
  const picture = make(3, 2, WHITE);
  blendSprite(picture, make(2, 2, BLACK), -1, -1, 1);
  blendSprite(picture, make(2, 2, BLACK), 2, 1, 1);
  expect(redChannel(picture)).toEqual([0, 255, 255, 255, 255, 0]);
  blendSprite(picture, make(2, 2, BLACK), 3, 2, 1);
  blendSprite(picture, make(2, 2, BLACK), -5, -5, 1);
  expect(redChannel(picture)).toEqual([0, 255, 255, 255, 255, 0]);
});

test("sprite alpha and overall alpha blend the colours; the picture stays opaque", () => {
  const picture = make(1, 1, WHITE);
  blendSprite(picture, make(1, 1, [0, 100, 255, 128]), 0, 0, 0.5);
  expect([...picture.bytes]).toEqual([191, 216, 255, 255]);
  blendSprite(picture, make(1, 1, [0, 0, 0, 0]), 0, 0, 1);
  expect([...picture.bytes]).toEqual([191, 216, 255, 255]);
});
