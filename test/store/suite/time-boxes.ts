import { eachWithStore, type Dialect } from './dialect';

export function timeBoxesSuite(dialect: Dialect): void {
  describe('time boxes', () => {
    const now = eachWithStore(dialect);
    const keys = ['trial|vault|group|operators', 'audit|vault|group|readers'];

    it('keeps the first day of each grant, whoever says it again', async () => {
      const { timeBoxes } = now.store;
      expect(await timeBoxes.start({ personId: 'e1', keys: keys.slice(0, 1), at: '2026-01-01T00:00:00.000Z' })).toEqual(
        { 'trial|vault|group|operators': '2026-01-01T00:00:00.000Z' },
      );
      const both = {
        'trial|vault|group|operators': '2026-01-01T00:00:00.000Z',
        'audit|vault|group|readers': '2026-02-01T00:00:00.000Z',
      };
      expect(await timeBoxes.start({ personId: 'e1', keys, at: '2026-02-01T00:00:00.000Z' })).toEqual(both);
      expect(await timeBoxes.of({ personId: 'e1' })).toEqual(both);
    });

    it('keeps one person apart from another, and needs no keys', async () => {
      const { timeBoxes } = now.store;
      await timeBoxes.start({ personId: 'e1', keys, at: '2026-01-01T00:00:00.000Z' });
      expect(await timeBoxes.start({ personId: 'e2', keys: [], at: '2026-01-02T00:00:00.000Z' })).toEqual({});
      expect(await timeBoxes.of({ personId: 'e2' })).toEqual({});
    });

    it('takes the same key twice in one call, and several calls at once', async () => {
      const { timeBoxes } = now.store;
      const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
      await Promise.all(
        [1, 2, 3].map((day) => timeBoxes.start({ personId: 'e1', keys: [...keys, ...keys], at: at(day) })),
      );
      const first = await timeBoxes.of({ personId: 'e1' });
      expect(Object.keys(first).sort()).toEqual([...keys].sort());
      expect(await timeBoxes.start({ personId: 'e1', keys, at: at(9) })).toEqual(first);
    });
  });
}
