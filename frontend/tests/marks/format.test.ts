import { expect, test } from "vitest";
import * as format from "../../src/marks/format";
import { writeCsv } from "../../src/marks/save";

test.each([
  [format.formatCount(14_728_266), "14,728,266"],
  [format.formatCount(null), "–"],
  [format.formatShare(0.934), "93.4"],
  [format.formatPercent(0.9341, 2), "93.41%"],
  [format.formatRelativeChange(-0.3), "−30.0%"],
  [format.formatRelativeChange(0.004), "+0.4%"],
  [format.formatRelativeChange(-0.0001), "0.0%"],
  [format.formatCompactCount(110_676_784), "111 M"],
  [format.formatCompactCount(1_687_946), "1.69 M"],
  [format.formatCompactCount(999_999), "1.00 M"],
  [format.formatCompactCount(38_250), "38.3 k"],
  [format.formatCompactCount(1584), "1,584"],
  [format.formatBytes(6_770_576), "6.77 MB"],
  [format.formatBytes(188_000), "188 kB"],
  [format.formatBytes(640), "640 B"],
  [format.formatMs(0.614), "0.61 ms"],
  [format.formatClock(112), "1:52"],
  [format.formatClock(3750), "1:02:30"],
  [format.formatDuration(8.2), "8 s"],
  [format.formatDuration(0), "1 s"],
  [format.formatDuration(130), "2 min"],
  [format.formatReduction(0.885), "8.7×"],
  [format.formatReduction(0), "1×"],
  [format.formatReduction(0.9889), "90×"],
  [format.formatReduction(1), ">999×"],
  [format.formatCountOfTotal(9, 5000), "9 of 5,000"],
  [format.formatPlural(1, "epoch"), "1 epoch"],
  [format.shortenText("split at fixed indices", 200), "split at fixed indices"],
  [format.shortenText("split at fixed indices", 60), "split at…"],
])("%s", (written, expected) => {
  expect(written).toBe(expected);
});

test("CSV quotes what would break a row", () => {
  expect(
    writeCsv([
      ["a", 'say "x"'],
      [1, null],
      ["b,c", "d\ne"],
    ]),
  ).toBe('a,"say ""x"""\r\n1,\r\n"b,c","d\ne"\r\n');
});
