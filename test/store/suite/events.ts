import type { HrEventType } from '../../../domain/event';
import { eachWithStore, type Dialect } from './dialect';
import { hrEvent } from './sample';

export function eventsSuite(dialect: Dialect): void {
  describe('events', () => {
    const now = eachWithStore(dialect);
    const receivedAt = '2026-11-20T09:00:05Z';
    const record = (event: ReturnType<typeof hrEvent>, by: string) =>
      now.store.events.record({ event, receivedAt, by });

    it('knows an event for good, and gives a repeated call its first answer again', async () => {
      const first = await record(hrEvent({ id: '1' }), 'person:e1042/run-1/1');
      expect(first).toEqual({ verdict: 'new', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(await record(hrEvent({ id: '1' }), 'person:e1042/run-1/1')).toEqual(first);
      expect(await record(hrEvent({ id: '1' }), 'person:e1042/run-1/2')).toEqual({ ...first, verdict: 'duplicate' });
      expect(await record(hrEvent({ id: '1' }), 'person:e1042/run-9/1')).toEqual({ ...first, verdict: 'duplicate' });
    });

    it('tells when a known name comes with another content', async () => {
      const first = await record(hrEvent({ id: '1' }), 'a');
      const other = await record(hrEvent({ id: '1', more: { effectiveAt: '2027-01-01' } }), 'b');
      expect(other).toMatchObject({ verdict: 'duplicate', differsFromFirst: true });
      expect(other.hash).not.toBe(first.hash);
      const kept = await now.store.events.get({ source: '/hr/acme', id: '1' });
      expect(kept?.event).toEqual(hrEvent({ id: '1' }));
    });

    it('tells it for another person, type or time as well, and not for how one delivery was written', async () => {
      await record(hrEvent({ id: '1' }), 'a');
      const again = async (event: ReturnType<typeof hrEvent>) => (await record(event, 'b')).differsFromFirst ?? false;
      const traced = { ...hrEvent({ id: '1', time: '2026-11-20T10:00:00+01:00' }), traceparent: '00-1' };
      expect(await again(traced)).toBe(false);
      expect(await again(hrEvent({ id: '1', personId: 'e2' }))).toBe(true);
      expect(await again(hrEvent({ id: '1', type: 'tenure.rehire' }))).toBe(true);
      expect(await again(hrEvent({ id: '1', time: '2026-11-21T09:00:00Z' }))).toBe(true);
    });

    it('hashes the content, whatever the order of the fields', async () => {
      const event = hrEvent({ id: '1' });
      const turned = Object.fromEntries(Object.entries(event).reverse()) as unknown as typeof event;
      const { hash } = await record(event, 'a');
      expect(await record(turned, 'b')).toEqual({ verdict: 'duplicate', hash });
    });

    it('calls an event superseded when a later one of its stream was applied', async () => {
      await record(hrEvent({ id: 'late', type: 'tenure.rehire', time: '2026-11-25T00:00:00Z' }), 'a');
      const late = await record(hrEvent({ id: 'early', time: '2026-11-20T00:00:00Z' }), 'b');
      expect(late).toMatchObject({ verdict: 'superseded', supersededBy: { source: '/hr/acme', id: 'late' } });
      expect(await record(hrEvent({ id: 'early', time: '2026-11-20T00:00:00Z' }), 'b')).toEqual(late);
      expect(
        (await record(hrEvent({ id: 'hold', type: 'tenure.hold', time: '2026-11-01T00:00:00Z' }), 'c')).verdict,
      ).toBe('new');
      expect(
        (await record(hrEvent({ id: 'garden', type: 'tenure.suspended', time: '2026-11-01T00:00:00Z' }), 'd')).verdict,
      ).toBe('new');
      const other = hrEvent({ id: 'other', personId: 'e2', time: '2026-11-01T00:00:00Z' });
      expect((await record(other, 'e')).verdict).toBe('new');
    });

    it('an undo and what HR says of the person do not overtake one another; a leaver from before an undo stays overtaken', async () => {
      const at = (id: string, type: HrEventType, hour: number) =>
        record(hrEvent({ id, type, time: `2026-11-20T${String(hour).padStart(2, '0')}:00:00Z` }), id);
      await at('undo', 'tenure.undo', 12);
      expect((await at('mover', 'tenure.mover', 11)).verdict).toBe('new');
      expect((await at('leaver', 'tenure.leaver', 10)).supersededBy?.id).toBe('undo');
      await at('next mover', 'tenure.mover', 14);
      expect((await at('next undo', 'tenure.undo', 13)).verdict).toBe('new');
      await at('next leaver', 'tenure.leaver', 16);
      expect((await at('last undo', 'tenure.undo', 15)).supersededBy?.id).toBe('next leaver');
    });

    it('counts an event that was dated far ahead from its receipt: later words count again', async () => {
      await record(hrEvent({ id: 'ahead', time: '2199-01-01T00:00:00Z' }), 'a');
      const before = await record(hrEvent({ id: 'before', time: '2026-11-20T09:00:00Z' }), 'b');
      expect(before).toMatchObject({ verdict: 'superseded', supersededBy: { id: 'ahead' } });
      expect((await record(hrEvent({ id: 'after', time: '2026-11-20T09:00:10Z' }), 'c')).verdict).toBe('new');
      expect((await record(hrEvent({ id: 'older', time: '2026-11-20T09:00:08Z' }), 'd')).supersededBy?.id).toBe(
        'after',
      );
    });

    it('orders events of the same time by sequence, also written with offsets', async () => {
      await record(hrEvent({ id: 's2', time: '2026-11-20T10:00:00+01:00', sequence: 2 }), 'a');
      expect((await record(hrEvent({ id: 's1', time: '2026-11-20T09:00:00Z', sequence: 1 }), 'b')).verdict).toBe(
        'superseded',
      );
      expect((await record(hrEvent({ id: 's2b', time: '2026-11-20T09:00:00Z', sequence: 2 }), 'c')).verdict).toBe(
        'new',
      );
      expect((await record(hrEvent({ id: 's3', time: '2026-11-20T09:00:00.001Z' }), 'd')).verdict).toBe('new');
      const kept = await now.store.events.of({ personId: 'e1042' });
      expect(kept.map(({ event, verdict }) => `${event.id} ${verdict}`)).toEqual([
        's1 superseded',
        's2 new',
        's2b new',
        's3 new',
      ]);
    });
  });
}
