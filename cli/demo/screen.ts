const clearLine = '\u001b[2K';

/** A block of lines at the bottom of the terminal that is redrawn in place, and lines above it that stay. */
export class Screen {
  #drawn: readonly string[] = [];

  constructor(private readonly stream: NodeJS.WriteStream) {}

  get width(): number {
    return this.stream.columns;
  }

  /** A block that is higher than the terminal cannot be redrawn: the cursor cannot go up that far. */
  fits(lines: readonly string[]): boolean {
    return lines.length < this.stream.rows - 1;
  }

  draw(lines: readonly string[]): void {
    if (lines.join('\n') === this.#drawn.join('\n')) return;
    this.#erase();
    // A line that wraps would count as one and stand as two.
    this.stream.write(lines.map((line) => `${cut(line, this.width - 1)}\n`).join(''));
    this.#drawn = lines;
  }

  /** Above the block, for good. */
  print(text: string): void {
    const block = this.#drawn;
    this.#erase();
    this.stream.write(`${text}\n`);
    this.draw(block);
  }

  #erase(): void {
    if (this.#drawn.length > 0) this.stream.write(`\u001b[${this.#drawn.length}A\r`);
    for (let line = 0; line < this.#drawn.length; line += 1) this.stream.write(`${clearLine}\n`);
    if (this.#drawn.length > 0) this.stream.write(`\u001b[${this.#drawn.length}A\r`);
    this.#drawn = [];
  }
}

const ESCAPE = /\u001b\[\d+m/y; // eslint-disable-line no-control-regex -- colours are no width

/** At most `width` characters wide, colours not counted. */
function cut(line: string, width: number): string {
  let shown = 0;
  for (let at = 0; at < line.length;) {
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(line);
    if (escape !== null) {
      at += escape[0].length;
    } else {
      if (shown === width) return `${line.slice(0, at)}\u001b[0m`;
      shown += 1;
      at += 1;
    }
  }
  return line;
}
