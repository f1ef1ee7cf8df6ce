import { startBeyondTrustScim } from '../../../sandbox/beyondtrust-scim';
import { describeConformance, type Expectations } from '../conformance';

const verbs = [
  'GET /Users',
  'GET /Users/{}',
  'POST /Users',
  'PATCH /Users/{}',
  'DELETE /Users/{}',
  'GET /Groups',
  'PATCH /Groups/{}',
];

const expects: Expectations = {
  ...{ verbs, grants: ['group'], deletion: 'permanent', drains: [], enabledField: 'active', tokens: 0 },
  unknownId: '11111111-2222-4333-8444-555555555555',
  membershipFields: [{ field: 'members', path: '^/Groups' }],
  holderField: { field: 'members', path: '^/Groups' },
  // Users show no groups here, so a strip reads the groups before and after.
  requests: { find: 1, disable: 2, strip: 6 },
  unleavable: {
    ...{ start: (options) => startBeyondTrustScim({ ...options, ownedByDirectory: ['AD Admins'] }) },
    ...{ group: 'AD Admins', change: 'owned-by-directory' },
  },
};

describeConformance({ type: 'beyondtrust-scim', start: startBeyondTrustScim, expects });

describe('a server whose empty groups show no members at all', () => {
  describeConformance({
    type: 'beyondtrust-scim',
    start: (options) => startBeyondTrustScim({ ...options, dialect: { emptyMembers: 'omitted' } }),
    expects,
  });
});
