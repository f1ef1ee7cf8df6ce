import { startCyberArkIdentityScim } from '../../../sandbox/cyberark-identity-scim';
import { describeConformance } from '../conformance';

const verbs = [
  'GET /Users',
  'GET /Users/{}',
  'POST /Users',
  'PATCH /Users/{}',
  'DELETE /Users/{}',
  'GET /Groups',
  'PATCH /Groups/{}',
];

describeConformance({
  type: 'cyberark-identity-scim',
  start: (options) => startCyberArkIdentityScim({ ...options, auth: 'client-credentials' }),
  expects: {
    ...{ verbs, grants: ['group'], deletion: 'permanent', drains: [], enabledField: 'active', tokens: 1 },
    unknownId: '11111111-2222-4333-8444-555555555555',
    holderField: { field: 'members', path: '^/Groups' },
    membershipFields: [
      { field: 'groups', path: '^/Users' },
      { field: 'members', path: '^/Groups' },
    ],
    requests: { find: 1, disable: 2, strip: 3 },
    unleavable: {
      start: (options) =>
        startCyberArkIdentityScim({ ...options, auth: 'client-credentials', ownedByDirectory: ['AD Admins'] }),
      ...{ group: 'AD Admins', change: 'owned-by-directory' },
    },
  },
});
