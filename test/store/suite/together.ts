import { eachWithStore, type Dialect } from './dialect';
import { hrEvent } from './sample';

export function togetherSuite(dialect: Dialect): void {
  describe('what belongs together', () => {
    const now = eachWithStore(dialect);
    const at = '2026-01-01T00:00:00.000Z';
    const link = (accountId: string) =>
      ({
        personId: 'e1042',
        targetId: 'vault',
        accountId,
        username: accountId,
        system: 'vault',
        origin: 'found',
        recordedAt: at,
      }) as const;

    it('lasts as a whole, and reads what it has written', async () => {
      const { store } = now;
      const seen = await store.together(async () => {
        await store.links.link(link('7'));
        await store.timeBoxes.start({ personId: 'e1042', keys: ['box'], at });
        return await store.links.of({ personId: 'e1042' });
      });
      expect(seen.map(({ accountId }) => accountId)).toEqual(['7']);
      expect(await store.links.ownerOf({ targetId: 'vault', accountId: '7' })).toBe('e1042');
      expect(await store.timeBoxes.of({ personId: 'e1042' })).toEqual({ box: at });
    });

    it('leaves nothing behind when its end fails', async () => {
      const { store } = now;
      const work = store.together(async () => {
        await store.links.link(link('7'));
        await store.events.record({ event: hrEvent({ id: 'ev-1' }), receivedAt: at, by: 'call-1' });
        throw new Error('the worker stops here');
      });
      await expect(work).rejects.toThrow('the worker stops here');
      expect(await store.links.of({ personId: 'e1042' })).toEqual([]);
      // A repeat is the first that anybody hears of it.
      const again = await store.events.record({ event: hrEvent({ id: 'ev-1' }), receivedAt: at, by: 'call-2' });
      expect(again.verdict).toBe('new');
    });

    it('is one transaction however deep, and no part of anybody else’s', async () => {
      const { store } = now;
      const outer = store.together(async () => {
        await store.together(() => store.links.link(link('7')));
        throw new Error('after the inner one');
      });
      const beside = store.links.link(link('8'));
      await expect(outer).rejects.toThrow('after the inner one');
      await beside;
      expect((await store.links.of({ personId: 'e1042' })).map(({ accountId }) => accountId)).toEqual(['8']);
    });

    it('goes well many times at once', async () => {
      const { store } = now;
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          store.together(async () => {
            await store.links.link(link(`${index}`));
            return (await store.links.of({ personId: 'e1042' })).some(({ accountId }) => accountId === `${index}`);
          }),
        ),
      );
      expect(answers).toEqual(Array.from({ length: 12 }, () => true));
      expect(await store.links.of({ personId: 'e1042' })).toHaveLength(12);
    });
  });
}
