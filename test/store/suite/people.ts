import { eachWithStore, type Dialect } from './dialect';

const person = { id: 'e1042', username: 'aeriksen', displayName: 'Anna Eriksen', shoeSize: 38 };

export function peopleSuite(dialect: Dialect): void {
  describe('people', () => {
    const now = eachWithStore(dialect);

    it('keeps what the latest event said, unknown fields included', async () => {
      const { people } = now.store;
      await people.upsert({ person, eventTime: '2026-01-01T00:00:00Z' });
      expect(await people.get({ personId: 'e1042' })).toEqual({
        person,
        status: 'active',
        asOf: '2026-01-01T00:00:00.000Z',
      });
      expect(await people.get({ personId: 'nobody' })).toBeUndefined();
    });

    it('is not changed by an event that comes late, by time and then by sequence', async () => {
      const { people } = now.store;
      const at = '2026-02-01T00:00:00Z';
      await people.upsert({ person, eventTime: at, sequence: 2 });
      const older = { ...person, displayName: 'Older' };
      expect(await people.upsert({ person: older, eventTime: '2026-01-31T23:59:59Z', sequence: 9 })).toEqual({
        kept: false,
      });
      expect(await people.upsert({ person: older, eventTime: at, sequence: 1 })).toEqual({ kept: false });
      expect((await people.get({ personId: 'e1042' }))?.person).toEqual(person);
      expect(await people.upsert({ person: older, eventTime: at, sequence: 2 })).toEqual({ kept: true });
    });

    it('marks a status unless they joined again later; what HR describes of them leaves it alone', async () => {
      const { people } = now.store;
      const personId = 'e1042';
      const status = async () => (await people.get({ personId }))?.status;
      await people.upsert({ person, joins: true, eventTime: '2026-03-01T00:00:00Z' });
      expect(await people.mark({ personId, status: 'left', eventTime: '2026-02-01T00:00:00Z' })).toEqual({
        kept: false,
      });
      await people.upsert({ person, eventTime: '2026-05-01T00:00:00Z' });
      expect(await people.mark({ personId, status: 'left', eventTime: '2026-04-01T00:00:00Z' })).toEqual({
        kept: true,
      });
      await people.upsert({ person, eventTime: '2026-06-01T00:00:00Z' });
      expect(await status()).toBe('left');
      expect(await people.countActive()).toBe(0);
      await people.upsert({ person, joins: true, eventTime: '2026-07-01T00:00:00Z' });
      expect(await status()).toBe('active');
    });

    it('marks only from the status that it is meant for', async () => {
      const { people } = now.store;
      await people.upsert({ person, eventTime: '2026-03-01T00:00:00Z' });
      const suspended = { personId: 'e1042', status: 'suspended', eventTime: '2026-03-02T00:00:00Z' } as const;
      expect(await people.mark({ ...suspended, from: ['left'] })).toEqual({ kept: false });
      expect(await people.mark({ ...suspended, from: ['active'] })).toEqual({ kept: true });
      expect(await people.countActive()).toBe(1);
    });

    it('knows who relies on a person as manager or sponsor, by whichever name, and still works here', async () => {
      const { people } = now.store;
      const boss = { id: 'e_1', username: 'Boss', email: 'boss@acme.test' };
      const eventTime = '2026-03-01T00:00:00Z';
      for (const [id, more] of Object.entries({
        a: { manager: 'e_1' },
        b: { manager: 'ex1', sponsor: 'BOSS@acme.test' },
        c: { manager: 'exl', team: { manager: 'e_1' } }, // the team's, not theirs
        d: { manager: 'boss', sponsor: 'e_1' },
        gone: { manager: 'e_1' },
        other: { manager: 'e%1' },
      }))
        await people.upsert({ person: { id, ...more }, eventTime });
      await people.upsert({ person: { ...boss, manager: 'e_1' }, eventTime });
      await people.mark({ personId: 'gone', status: 'left' });
      await people.mark({ personId: 'd', status: 'suspended' });
      const relying = [
        { personId: 'a', as: ['manager'] },
        { personId: 'b', as: ['sponsor'] },
        { personId: 'd', as: ['manager', 'sponsor'] },
      ];
      expect(await people.relyingOn({ person: boss, limit: 50 })).toEqual(relying);
      expect(await people.relyingOn({ person: boss, limit: 2 })).toEqual(relying.slice(0, 2));
      expect(await people.relyingOn({ person: { id: 'nobody' }, limit: 2 })).toEqual([]);
    });

    it('pages through people in order and counts those who still work here', async () => {
      const { people } = now.store;
      for (const [id, status] of [
        ['c', 'active'],
        ['a', 'leaving'],
        ['b', 'left'],
        ['d', 'active'],
      ] as const) {
        await people.upsert({ person: { id }, eventTime: '2026-01-01T00:00:00Z' });
        await people.mark({ personId: id, status, eventTime: '2026-01-01T00:00:00Z' });
      }
      expect((await people.list({ limit: 2 })).map((one) => one.person.id)).toEqual(['a', 'b']);
      expect((await people.list({ limit: 2, after: 'b' })).map((one) => one.person.id)).toEqual(['c', 'd']);
      expect((await people.list({ status: 'left' })).map((one) => one.person.id)).toEqual(['b']);
      expect(await people.countActive()).toBe(3);
    });
  });
}
