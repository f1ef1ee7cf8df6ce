import type { Budget } from '../../../domain/settings';
import { eachWithStore, type Dialect } from './dialect';

export function budgetSuite(dialect: Dialect): void {
  describe('budget', () => {
    const now = eachWithStore(dialect);
    const limits: Budget = { perHour: 2, perDay: 3, percentPerDay: 5, minPeople: 50, urgentPerHour: 1 };
    const charge = (
      flowId: string,
      at: string,
      more: { urgent?: boolean; activePeople?: number; limits?: Budget } = {},
    ) => now.store.budget.charge({ flowId, at: `2026-11-20T${at}Z`, urgent: false, limits, ...more });

    it('charges up to the limit of an hour, then holds, and lets the window slide', async () => {
      expect(await charge('a', '09:00:00')).toEqual({ charged: true });
      expect(await charge('b', '09:30:00')).toEqual({ charged: true });
      const held = await charge('c', '09:59:59');
      expect(held).toMatchObject({ charged: false, window: 'perHour', used: 2, limit: 2 });
      expect(await charge('d', '10:00:00')).toEqual({ charged: true });
      expect(await charge('c', '15:00:00')).toEqual(held);
      expect(await charge('a', '15:00:00')).toEqual({ charged: true });
      expect(await charge('e', '15:00:00')).toMatchObject({ charged: false, window: 'perDay', used: 3, limit: 3 });
    });

    it('gives urgent leavers a budget of their own', async () => {
      expect(await charge('u1', '09:00:00', { urgent: true })).toEqual({ charged: true });
      expect(await charge('u2', '09:10:00', { urgent: true })).toMatchObject({
        charged: false,
        window: 'urgentPerHour',
      });
      expect(await charge('a', '09:10:00')).toEqual({ charged: true });
      expect(await charge('b', '09:10:00')).toEqual({ charged: true });
    });

    it('measures against the number of people, from minPeople on', async () => {
      const wide = { ...limits, perHour: 99, perDay: 99 };
      expect(await charge('a', '09:00:00', { limits: wide, activePeople: 50 })).toEqual({ charged: true });
      expect(await charge('b', '09:00:00', { limits: wide, activePeople: 50 })).toEqual({ charged: true });
      expect(await charge('c', '09:00:00', { limits: wide, activePeople: 50 })).toMatchObject({
        charged: false,
        window: 'percentPerDay',
        used: 2,
        limit: 2,
      });
      expect(await charge('d', '09:00:00', { limits: wide, activePeople: 49 })).toEqual({ charged: true });
    });

    it('counts the people in the store when it is not told', async () => {
      const one = { ...limits, perHour: 99, minPeople: 2, percentPerDay: 50 };
      for (const id of ['a', 'b']) {
        await now.store.people.upsert({ person: { id }, eventTime: '2026-01-01T00:00:00Z' });
      }
      expect(await charge('a', '09:00:00', { limits: one })).toEqual({ charged: true });
      expect(await charge('b', '09:00:00', { limits: one })).toMatchObject({
        window: 'percentPerDay',
        used: 1,
        limit: 1,
      });
    });

    it('lets a held flow go when it is released, and counts it from then on', async () => {
      const { budget } = now.store;
      await charge('a', '09:00:00');
      await charge('b', '09:00:00');
      await charge('c', '09:00:00');
      const release = { at: '2026-11-20T09:20:00Z', by: ['ann', 'ben'], reason: 'closing of the Oslo office' };
      const released = { charged: true, released: release };
      expect(await budget.release({ flowId: 'c', ...release })).toEqual(released);
      expect(await budget.release({ flowId: 'c', ...release, by: ['carl'] })).toEqual(released);
      expect(await charge('c', '09:30:00')).toEqual(released);
      expect(await budget.release({ flowId: 'a', ...release })).toEqual({ charged: true });
      expect(await charge('d', '10:10:00')).toMatchObject({ charged: false, window: 'perDay', used: 3 });
    });
  });
}
