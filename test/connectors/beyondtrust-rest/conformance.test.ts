import { startBeyondTrustRest } from '../../../sandbox/beyondtrust-rest';
import { describeConformance } from '../conformance';

const verbs = [
  'GET /users',
  'GET /users/{}',
  'POST /users',
  'PUT /users/{}',
  'DELETE /users/{}',
  'GET /groups',
  'POST /groups/{}/members',
];

describeConformance({
  type: 'beyondtrust-rest',
  start: startBeyondTrustRest,
  expects: {
    ...{ verbs, grants: ['group'], deletion: 'permanent', drains: [], enabledField: 'enabled', tokens: 1 },
    unknownId: '987654',
    membershipFields: [{ field: 'group_memberships', path: '^/users/' }],
    holderField: { field: 'group_memberships', path: '^/users' },
    // A disable reads the whole user just before the PUT. A strip reads the names of the groups.
    requests: { find: 1, disable: 3, strip: 3 },
    unleavable: {
      ...{ start: (options) => startBeyondTrustRest({ ...options, directoryKeeps: ['AD Admins'] }) },
      ...{ group: 'AD Admins', change: 'owned-by-directory' },
    },
  },
});

describeConformance({
  type: 'beyondtrust-rest',
  start: (options) => startBeyondTrustRest({ ...options, abridgedRows: true, memberRemoveRoute: true, maxRows: 50 }),
  target: () => ({ options: { memberRemove: 'delete-endpoint', readOnlyFields: 'omit' } }),
  expects: {
    verbs: [...verbs, 'DELETE /groups/{}/members/{}'],
    ...{ grants: ['group'], deletion: 'permanent', drains: [], enabledField: 'enabled', tokens: 1 },
    unknownId: '987654',
    membershipFields: [{ field: 'group_memberships', path: '^/users/' }],
    holderField: { field: 'group_memberships', path: '^/users' },
    // Rows that show little are followed by the whole user; each of three groups is left by itself.
    requests: { find: 2, disable: 3, strip: 5 },
  },
});
