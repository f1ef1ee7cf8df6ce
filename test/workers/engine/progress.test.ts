import { showProgress } from '../../../workers/engine/progress';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function stream(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  return { written, stream: { isTTY, columns: 60, write } as unknown as NodeJS.WriteStream };
}

test('short work is not mentioned', () => {
  const { written, stream: out } = stream(true);
  const progress = showProgress({ stream: out });
  progress.say('compiling');
  jest.advanceTimersByTime(1_900);
  progress.done();
  jest.advanceTimersByTime(10_000);
  expect(written).toEqual([]);
});

test('on a terminal one line is updated in place, cut to the width, and gone at the end', () => {
  const { written, stream: out } = stream(true);
  const progress = showProgress({ stream: out });
  progress.say(`building ${'x'.repeat(80)}`);
  jest.advanceTimersByTime(3_000);
  progress.done();
  expect(written).toHaveLength(3);
  expect(written.slice(0, 2).every((line) => line.startsWith('\r\u001b[2Kbuilding') && line.length <= 65)).toBe(true);
  expect(written.at(-1)).toBe('\r\u001b[2K');
});

test('in a file it is a plain line every ten seconds', () => {
  const { written, stream: out } = stream(false);
  const progress = showProgress({ stream: out });
  progress.say('building');
  jest.advanceTimersByTime(25_000);
  progress.done();
  expect(written).toEqual(['building … 2 s\n', 'building … 12 s\n', 'building … 22 s\n']);
});
