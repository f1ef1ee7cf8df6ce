import type { AccountLink } from '../../../store/links';
import { eachWithStore, type Dialect } from './dialect';

export function linksSuite(dialect: Dialect): void {
  describe('links', () => {
    const now = eachWithStore(dialect);
    const link = (over: Partial<AccountLink> = {}): AccountLink => ({
      personId: 'e1',
      targetId: 'vault',
      accountId: '17',
      username: 'Alice',
      system: 'vault',
      origin: 'found',
      recordedAt: '2026-01-01T00:00:00Z',
      ...over,
    });
    const unlink = {
      personId: 'e1',
      targetId: 'vault',
      accountId: '17',
      by: 'ann',
      why: 'a namesake',
      at: '2026-01-02T00:00:00Z',
    };

    it('gives an account one owner', async () => {
      const { links } = now.store;
      expect(await links.link(link())).toEqual({ linked: true, already: false });
      expect(await links.link(link())).toEqual({ linked: true, already: true });
      expect(await links.link(link({ personId: 'e2', origin: 'operator' }))).toEqual({ linked: false, conflict: 'e1' });
      expect(await links.link(link({ personId: 'e2', targetId: 'other' }))).toEqual({ linked: true, already: false });
      expect(await links.ownerOf({ targetId: 'vault', accountId: '17' })).toBe('e1');
    });

    it('follows a rename', async () => {
      const { links } = now.store;
      await links.link(link());
      await links.link(link({ username: 'alice.b', recordedAt: '2026-05-01T00:00:00Z' }));
      expect(await links.of({ personId: 'e1' })).toEqual([link({ username: 'alice.b' })]);
    });

    it('does not find again by itself what a person has taken away', async () => {
      const { links } = now.store;
      await links.link(link());
      expect(await links.unlink(unlink)).toEqual({ wasLinked: true });
      expect(await links.unlink({ ...unlink, why: 'again' })).toEqual({ wasLinked: false });
      expect(await links.link(link())).toEqual({ linked: false, notTheirs: unlink });
      expect(await links.tombstones({ personId: 'e1', targetId: 'vault' })).toEqual([unlink]);
      expect(await links.link(link({ personId: 'e2' }))).toEqual({ linked: true, already: false });
    });

    it('ends with the account, and says nothing against whoever gets its id anew', async () => {
      const { links } = now.store;
      await links.link(link());
      await links.end({ personId: 'e2', targetId: 'vault', accountId: '17' }); // not theirs to end
      expect(await links.ownerOf({ targetId: 'vault', accountId: '17' })).toBe('e1');
      await links.end({ personId: 'e1', targetId: 'vault', accountId: '17' });
      expect(await links.of({ personId: 'e1' })).toEqual([]);
      expect(await links.tombstones({ personId: 'e1' })).toEqual([]);
      expect(await links.link(link({ personId: 'e2' }))).toEqual({ linked: true, already: false });
    });

    it('lets an operator link it again', async () => {
      const { links } = now.store;
      await links.unlink(unlink);
      const told = link({ origin: 'operator', recordedBy: 'ben' });
      expect(await links.link(told)).toEqual({ linked: true, already: false });
      expect(await links.tombstones({ personId: 'e1' })).toEqual([]);
      expect(await links.of({ personId: 'e1', targetId: 'vault' })).toEqual([told]);
    });

    it('records several at once, each with an answer of its own', async () => {
      const { links } = now.store;
      await links.link(link());
      await links.link(link({ personId: 'e9', accountId: '18' }));
      await links.unlink({ ...unlink, accountId: '19' });
      const several = [
        link({ username: 'alice-new' }),
        link({ accountId: '18' }),
        link({ accountId: '19' }),
        link({ accountId: '20' }),
        link({ accountId: '20' }),
      ];
      expect(await links.linkAll(several)).toEqual([
        { linked: true, already: true },
        { linked: false, conflict: 'e9' },
        { linked: false, notTheirs: expect.objectContaining({ accountId: '19' }) as unknown },
        { linked: true, already: false },
        { linked: true, already: false },
      ]);
      const kept = await links.of({ personId: 'e1' });
      expect(kept.map(({ accountId, username }) => [accountId, username])).toEqual([
        ['17', 'alice-new'],
        ['20', link().username],
      ]);
      expect(await links.linkAll([])).toEqual([]);
    });

    it('finds the accounts of others by user name, case aside', async () => {
      const { links } = now.store;
      await links.link(link());
      await links.link(link({ targetId: 'other', accountId: '4' }));
      const usernames = { vault: ['ALICE', 'x'], other: ['bob'], third: [] };
      const found = await links.ofOthers({ personId: 'e2', usernames });
      expect(found.map(({ targetId, accountId }) => [targetId, accountId])).toEqual([['vault', '17']]);
      expect(await links.ofOthers({ personId: 'e1', usernames })).toEqual([]);
      expect(await links.ofOthers({ personId: 'e2', usernames: { vault: [] } })).toEqual([]);
    });

    it('knows what an operator gave to others, whatever it is called, each once', async () => {
      const { links } = now.store;
      await links.link(link({ origin: 'operator' }));
      await links.link(
        link({ accountId: '18', username: '18', origin: 'operator', recordedAt: '2026-02-01T00:00:00Z' }),
      );
      await links.link(link({ accountId: '19', username: 'found' }));
      await links.link(link({ targetId: 'other', accountId: '20', origin: 'operator' }));
      const idsFor = async (personId: string) =>
        (await links.ofOthers({ personId, usernames: { vault: ['alice'] } })).map(({ accountId }) => accountId);
      expect(await idsFor('e2')).toEqual(['17', '18']);
      expect(await idsFor('e1')).toEqual([]);
    });
  });
}
