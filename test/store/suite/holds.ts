import { eachWithStore, type Dialect } from './dialect';

export function holdsSuite(dialect: Dialect): void {
  describe('holds, pending facts, tokens and flows', () => {
    const now = eachWithStore(dialect);
    const hold = { eventId: 'h1', by: 'legal@acme.test', reason: 'case 7', reviewAt: '2027-01-01' };

    it('keeps a hold until it is lifted, once', async () => {
      const { holds } = now.store;
      const at = '2026-01-01T00:00:00Z';
      await holds.place({ personId: 'e1', hold, at });
      await holds.place({ personId: 'e1', hold: { ...hold, reason: 'said twice' }, at });
      await holds.place({ personId: 'e1', hold: { eventId: 'h2', by: 'hr', reason: 'case 8' }, at });
      expect(await holds.of({ personId: 'e1' })).toEqual([hold, { eventId: 'h2', by: 'hr', reason: 'case 8' }]);
      const lift = { personId: 'e1', at, by: 'legal', reason: 'closed' };
      expect(await holds.lift({ ...lift, eventId: 'h1' })).toEqual([hold]);
      expect(await holds.lift(lift)).toHaveLength(1);
      expect(await holds.lift(lift)).toEqual([]);
      await holds.place({ personId: 'e1', hold, at });
      expect(await holds.of({ personId: 'e1' })).toEqual([]);
    });

    it('gives a pending fact to one flow', async () => {
      const { holds } = now.store;
      const fact = {
        kind: 'cancellation' as const,
        factId: 'hr-2',
        at: '2026-01-02T00:00:00Z',
        data: { cancels: 'hr-1' },
      };
      await holds.remember({ personId: 'e1', fact });
      await holds.remember({ personId: 'e1', fact });
      expect(await holds.pending({ personId: 'e1' })).toEqual([fact]);
      const take = { personId: 'e1', kind: fact.kind, factId: 'hr-2', takenBy: 'leaver:e1/r1' };
      expect(await holds.take(take)).toEqual({ taken: true });
      expect(await holds.take(take)).toEqual({ taken: true });
      expect(await holds.take({ ...take, takenBy: 'leaver:e1/r2' })).toEqual({ taken: false });
      await holds.remember({ personId: 'e1', fact });
      expect(await holds.pending({ personId: 'e1' })).toEqual([]);
      expect(await holds.pending({ personId: 'e1', takenBy: 'leaver:e1/r1' })).toEqual([fact]);
    });

    it('accepts an approval token for one message about one plan of one run', async () => {
      const use = { workflowId: 'leaver:e1', runId: 'r1', planHash: 'p1', message: 'update u1' };
      const at = '2026-01-01T00:00:00Z';
      const { decisions } = now.store;
      expect(await decisions.consume({ jti: 't1', at, ...use })).toEqual({ accepted: true });
      expect(await decisions.consume({ jti: 't1', at: '2026-01-02T00:00:00Z', ...use })).toEqual({ accepted: true });
      for (const other of [
        { runId: 'r2' },
        { planHash: 'p2' },
        { workflowId: 'leaver:e2' },
        { message: 'update u2' },
      ]) {
        expect(await decisions.consume({ jti: 't1', at, ...use, ...other })).toEqual({
          accepted: false,
          usedFor: use,
          usedAt: at,
        });
      }
    });

    it('keeps the newest state of a run', async () => {
      const { flows } = now.store;
      const flow = {
        workflowId: 'leaver:e1',
        runId: 'r1',
        personId: 'e1',
        flow: 'leaver' as const,
        startedAt: '2026-01-01T00:00:00Z',
      };
      const done = {
        ...flow,
        state: 'done' as const,
        outcome: 'complete' as const,
        endedAt: '2026-01-03T00:00:00Z',
        version: 4,
      };
      const held = { ...flow, state: 'held' as const, held: 'budget', dueAt: '2026-02-01T00:00:00Z', version: 2 };
      expect(await flows.upsert(held)).toEqual({ kept: true });
      expect(await flows.get({ workflowId: 'leaver:e1' })).toEqual(held);
      expect(await flows.upsert(done)).toEqual({ kept: true });
      expect(await flows.upsert({ ...held, version: 3 })).toEqual({ kept: false });
      const second = {
        ...flow,
        runId: 'r2',
        state: 'scheduled' as const,
        startedAt: '2026-03-01T00:00:00Z',
        version: 1,
      };
      await flows.upsert(second);
      expect(await flows.list({ personId: 'e1' })).toEqual([second, done]);
      expect(await flows.list({ open: true })).toEqual([second]);
      expect(await flows.list({ limit: 1, offset: 1 })).toEqual([done]);
      expect(await flows.get({ workflowId: 'leaver:e1' })).toEqual(second);
      expect(await flows.get({ workflowId: 'leaver:e1', runId: 'r1' })).toEqual(done);
    });
  });
}
