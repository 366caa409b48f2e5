/** Small figures: how bars and lines are laid out. */
import { expect, it } from 'vitest';
import { layOutBars } from '#src/web/session/bars.js';

const layOut = (...values: (number | null)[]) =>
  layOutBars(values.map((value, at) => ({ label: String(at), value })));

it('leaves a gap in a line where nothing was measured', () => {
  const { lines, bars, peak } = layOut(null, 40, 80, null, null, 60, null);
  expect(lines).toEqual(['15,30 25,0', '51.5,15 58.5,15']);
  expect(bars.map(({ value }) => value)).toEqual([null, 40, 80, null, null, 60, null]);
  expect(peak).toBe(80);
});

it('draws no line where nothing was measured at all, and one along the ground for noughts', () => {
  expect(layOut(null, null).lines).toEqual([]);
  expect(layOut().lines).toEqual([]);
  expect(layOut(0, 0).lines).toEqual(['5,59.25 15,59.25']);
});

it('shows a bar with anything in it beside one of millions, and takes less than nought for nought', () => {
  const { bars } = layOut(1, 5_000_000, -3);
  expect(bars.map(({ height, value }) => [height, value])).toEqual([
    [2, 1],
    [60, 5_000_000],
    [0.75, 0],
  ]);
});
