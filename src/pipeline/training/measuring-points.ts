const MARKS = [0, 5, 10, 25, 50, 100, 150, 200, 300, 400, 600, 800];
/** First mark beyond the listed ones; each further mark is the previous one times a factor, rounded to hundreds. */
const FIRST_LATER_MARK = 1000;
const GROWTH = 1.5;

/** Steps after which a training's curve is measured, ascending: the start, increasingly sparse steps, and the end. */
export function measuringPoints(steps: number): readonly number[] {
  const marks = [...MARKS];
  for (let mark = FIRST_LATER_MARK; mark < steps; mark *= GROWTH) marks.push(Math.round(mark / 100) * 100);
  return [...marks.filter((mark) => mark < steps), steps];
}
