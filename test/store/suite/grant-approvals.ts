import { eachWithStore, type Dialect } from './dialect';

export function grantApprovalsSuite(dialect: Dialect): void {
  describe('approvals of privileged entitlements', () => {
    const now = eachWithStore(dialect);
    const grant = (name: string) => ({
      ...{ target: 'vault', account: 'Alice', kind: 'group', name, because: ['lead'] },
    });
    const approval = (more: object = {}) => ({
      ...{ personId: 'e1', planHash: 'a1', workflowId: 'joiner:e1', runId: 'r1', eventHash: 'h1' },
      ...{ approvedAt: '2026-01-01T00:00:00.000Z', ...more },
    });
    const names = async (personId: string) =>
      (await now.store.grantApprovals.of({ personId })).map(({ key }) => JSON.parse(key)[3] as string);

    it('keeps them by account and entitlement, case aside, whoever says it again', async () => {
      const { grantApprovals } = now.store;
      await grantApprovals.record({ ...approval(), grants: [grant('Admins'), grant('ADMINS'), grant('Auditors')] });
      await grantApprovals.record({ ...approval(), grants: [grant('admins')] });
      await grantApprovals.record({ ...approval({ personId: 'e2' }), grants: [] });
      expect(await names('e1')).toEqual(['admins', 'auditors']);
      expect(await names('e2')).toEqual([]);
      expect(await grantApprovals.of({ personId: 'e1' })).toContainEqual({
        key: '["vault","alice","group","admins"]',
        ...{ planHash: 'a1', workflowId: 'joiner:e1', runId: 'r1', eventHash: 'h1' },
        approvedAt: '2026-01-01T00:00:00.000Z',
      });
    });

    it('a later approval of the same stands in the place of the earlier', async () => {
      const { grantApprovals } = now.store;
      await grantApprovals.record({ ...approval(), grants: [grant('Admins')] });
      await grantApprovals.record({ ...approval({ planHash: 'a2', runId: 'r2' }), grants: [grant('Admins')] });
      expect(await grantApprovals.of({ personId: 'e1' })).toMatchObject([{ planHash: 'a2', runId: 'r2' }]);
    });

    it('forgets single ones, or all of one run, of that person only', async () => {
      const { grantApprovals } = now.store;
      await grantApprovals.record({ ...approval(), grants: [grant('Admins'), grant('Auditors')] });
      await grantApprovals.record({ ...approval({ runId: 'r2' }), grants: [grant('Backup')] });
      await grantApprovals.record({ ...approval({ personId: 'e2' }), grants: [grant('Admins')] });
      await grantApprovals.forget({ personId: 'e1', keys: [] });
      await grantApprovals.forget({ personId: 'e1', keys: ['["vault","alice","group","admins"]'] });
      expect(await names('e1')).toEqual(['auditors', 'backup']);
      await grantApprovals.forgetOf({ personId: 'e1', workflowId: 'joiner:e1', runId: 'r1' });
      expect(await names('e1')).toEqual(['backup']);
      expect(await names('e2')).toEqual(['admins']);
    });
  });
}
