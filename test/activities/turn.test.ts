import { Turn } from '../../activities';

const never = new AbortController().signal;

describe('a turn', () => {
  test('one at a time, in the order of asking, whatever each takes', async () => {
    const turn = new Turn();
    const seen: string[] = [];
    const work = (name: string, waits: number) =>
      turn.take(never, async () => {
        seen.push(`${name} in`);
        for (let left = waits; left > 0; left -= 1) await new Promise(setImmediate);
        seen.push(`${name} out`);
      });
    await Promise.all([work('a', 5), work('b', 0), work('c', 2)]);
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  test('work that fails gives the turn on, and fails for its own caller alone', async () => {
    const turn = new Turn();
    const failing = turn.take(never, async () => Promise.reject(new Error('no')));
    const after = turn.take(never, async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await after).toBe('yes');
  });

  test('whoever is cut off while waiting leaves the line, and the order stays', async () => {
    const turn = new Turn();
    const stop = new AbortController();
    let finish!: () => void;
    const first = turn.take(never, () => new Promise<void>((resolve) => (finish = resolve)));
    const second = turn.take(stop.signal, async () => 'second');
    let isIn = false;
    const third = turn.take(never, async () => (isIn = true));
    stop.abort(new Error('cut off'));
    await expect(second).rejects.toThrow('cut off');
    await new Promise(setImmediate);
    expect(isIn).toBe(false); // the first still works
    finish();
    await first;
    expect(await third).toBe(true);
  });

  test('whoever is cut off already does not begin', async () => {
    const stop = AbortSignal.abort(new Error('cut off'));
    await expect(new Turn().take(stop, async () => 'work')).rejects.toThrow('cut off');
  });
});
