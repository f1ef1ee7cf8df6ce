import { startDelineaScim } from '../../../sandbox/delinea-scim';
import { describeConformance } from '../conformance';

const users = ['GET /Users', 'GET /Users/{}', 'POST /Users', 'PATCH /Users/{}', 'DELETE /Users/{}'];
const verbs = [...users, 'GET /Groups', 'PATCH /Groups/{}', 'GET /ServiceProviderConfig'];
const expects = {
  ...{ verbs, grants: ['group'], drains: [], enabledField: 'active', tokens: 0 as const },
  unknownId: '11111111-2222-4333-8444-555555555555',
  holderField: { field: 'members', path: '^/Groups' },
  membershipFields: [
    { field: 'groups', path: '^/Users' },
    { field: 'members', path: '^/Groups' },
  ],
  requests: { find: 1, disable: 2, strip: 3 },
};

describeConformance({
  type: 'delinea-scim',
  start: startDelineaScim,
  expects: {
    ...{ ...expects, deletion: 'permanent' },
    unleavable: {
      ...{ start: (options) => startDelineaScim({ ...options, ownedByDirectory: ['AD Admins'] }) },
      ...{ group: 'AD Admins', change: 'owned-by-directory' },
    },
  },
});

describe('the on-premises connector, whose delete only disables', () => {
  describeConformance({
    type: 'delinea-scim',
    start: (options) => startDelineaScim({ ...options, onPremises: true }),
    target: () => ({ options: { deletion: 'disables' } }),
    expects: { ...expects, deletion: 'disables' },
  });
});

describe('rows of id and userName alone, as seed 003 prints them', () => {
  describeConformance({
    type: 'delinea-scim',
    start: (options) => startDelineaScim({ ...options, dialect: { abridgedRows: true } }),
    // The row and the record behind it.
    expects: { ...expects, deletion: 'permanent', requests: { ...expects.requests, find: 2 } },
  });
});

describe('a server that refuses every filter', () => {
  describeConformance({
    type: 'delinea-scim',
    start: (options) => startDelineaScim({ ...options, dialect: { userFilters: [] } }),
    // The refusal, once, and everybody.
    expects: { ...expects, deletion: 'permanent', requests: { ...expects.requests, find: 2 }, filter: 'none' },
  });
});
