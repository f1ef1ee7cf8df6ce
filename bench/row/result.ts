/** One line of what `npm run bench` prints. */
export interface Result {
  readonly measure: string;
  readonly measured: string;
  /** Absent: nothing is promised, the figure is told all the same. */
  readonly target?: string;
  readonly reached?: boolean;
  /** What the number is made of; printed below the table. */
  readonly notes?: readonly string[];
}

export function number(value: number, digits = 2): string {
  return value.toFixed(digits);
}
