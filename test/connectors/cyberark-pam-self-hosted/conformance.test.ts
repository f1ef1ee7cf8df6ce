import { startCyberArkPamSelfHosted } from '../../../sandbox/cyberark-pam-self-hosted';
import { describeConformance } from '../conformance';

/** Fifty searches at once take a while on a busy machine; still less than the fault `slow`. */
const limits = { requestsPerSecond: 1000, concurrency: 50, timeout: 'PT3.5S' };

describeConformance({
  type: 'cyberark-pam-self-hosted',
  start: (options) => startCyberArkPamSelfHosted({ ...options, terminateDelayMs: 20 }),
  target: () => ({ limits }),
  expects: {
    verbs: [
      ...['GET /Users', 'GET /Users/{}', 'POST /Users', 'PUT /Users/{}', 'DELETE /Users/{}', 'POST /Users/{}/Activate'],
      ...['GET /UserGroups', 'POST /UserGroups/{}/Members', 'DELETE /UserGroups/{}/Members/{}'],
      ...['GET /LiveSessions', 'POST /LiveSessions/{}/Terminate'],
    ],
    ...{ grants: ['group'], deletion: 'permanent', drains: ['sessions'], enabledField: 'enableUser', tokens: 1 },
    unknownId: '999999',
    membershipFields: [{ field: 'groupsMembership', path: '^/Users' }],
    holderField: { field: 'members', path: '^/UserGroups' },
    members: ['group'],
    requests: { find: 2, disable: 3, strip: 4 },
    unleavable: {
      ...{ start: (options) => startCyberArkPamSelfHosted({ ...options, directoryGroups: ['AD Admins'] }) },
      ...{ group: 'AD Admins', change: 'owned-by-directory' },
    },
  },
});
