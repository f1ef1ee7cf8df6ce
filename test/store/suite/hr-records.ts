import type { KnownRecord } from '../../../domain/hr-record';
import { eachWithStore, type Dialect } from './dialect';

const name = { source: '/hr/bamboohr/acme', recordId: '17' };
const at = '2026-11-20T09:00:00.000Z';
const known = (told: number): KnownRecord => ({
  record: { person: { id: 'e1042', shoeSize: 38 }, employments: [{ startsOn: '2020-01-01' }] },
  told,
  toldAt: at,
});

export function hrRecordsSuite(dialect: Dialect): void {
  describe('records of HR systems', () => {
    const now = eachWithStore(dialect);

    it('keeps the last look at each, told apart by source and record', async () => {
      const { hrRecords } = now.store;
      expect(await hrRecords.get(name)).toBeUndefined();
      expect(await hrRecords.keep({ ...name, known: known(1), after: undefined, at })).toEqual({ kept: true });
      expect(await hrRecords.keep({ ...name, known: known(2), after: known(1), at })).toEqual({ kept: true });
      expect(await hrRecords.get(name)).toEqual(known(2));
      expect(await hrRecords.get({ ...name, recordId: '18' })).toBeUndefined();
      expect(await hrRecords.get({ ...name, source: '/hr/bamboohr/other' })).toBeUndefined();
    });

    it('takes the same look again, and none that was compared with another than what is kept', async () => {
      const { hrRecords } = now.store;
      await hrRecords.keep({ ...name, known: known(1), after: undefined, at });
      expect(await hrRecords.keep({ ...name, known: known(1), after: undefined, at })).toEqual({ kept: true });
      expect(await hrRecords.keep({ ...name, known: known(3), after: undefined, at })).toEqual({ kept: false });
      expect(await hrRecords.keep({ ...name, known: known(3), after: known(2), at })).toEqual({ kept: false });
      expect(await hrRecords.get(name)).toEqual(known(1));
    });
  });
}
