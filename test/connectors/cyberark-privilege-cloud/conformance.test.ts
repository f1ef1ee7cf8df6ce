import { startCyberArkPrivilegeCloud } from '../../../sandbox/cyberark-privilege-cloud';
import { describeConformance, type Conformance, type Expectations } from '../conformance';
import { vendorDialect } from '../cyberark-pvwa/rig';

/** Seed 002, and the live sessions that design part 2 adds. */
const seedVerbs = [
  ...['GET /Users', 'GET /Users/{}', 'POST /Users', 'PUT /Users/{}', 'DELETE /Users/{}', 'POST /Users/{}/Activate'],
  ...['GET /UserGroups', 'POST /UserGroups/{}/Members', 'DELETE /UserGroups/{}/Members/{}'],
  ...['GET /LiveSessions', 'POST /LiveSessions/{}/Terminate'],
];
const common: Omit<Expectations, 'verbs' | 'grants' | 'requests'> = {
  deletion: 'permanent',
  drains: ['sessions'],
  enabledField: 'enableUser',
  unknownId: '999999',
  tokens: 1,
  membershipFields: [{ field: 'groupsMembership', path: '^/Users' }],
  holderField: { field: 'members', path: '^/UserGroups' },
  members: ['group'],
};

/** Fifty searches at once take a while on a busy machine; still less than the fault `slow`. */
const limits = { requestsPerSecond: 1000, concurrency: 50, timeout: 'PT3.5S' };

const seed: Conformance = {
  type: 'cyberark-privilege-cloud',
  start: (options) => startCyberArkPrivilegeCloud({ ...options, terminateDelayMs: 20 }),
  target: () => ({ limits }),
  expects: {
    ...{ ...common, verbs: seedVerbs, grants: ['group'] },
    // Rows show neither groups nor e-mail, so a find reads the user too; a strip reads before and after.
    requests: { find: 2, disable: 3, strip: 4 },
    unleavable: {
      ...{ start: (options) => startCyberArkPrivilegeCloud({ ...options, directoryGroups: ['AD Admins'] }) },
      ...{ group: 'AD Admins', change: 'owned-by-directory' },
    },
  },
};

describe('as seed 002 has it', () => describeConformance(seed));

describe('as the vendor documents newer versions', () =>
  describeConformance({
    ...seed,
    start: (options) => startCyberArkPrivilegeCloud({ ...options, profile: 'vendor', terminateDelayMs: 20 }),
    target: () => ({ limits, options: vendorDialect }),
    expects: {
      ...{ ...common, grants: ['group', 'safe'] },
      verbs: [
        ...seedVerbs,
        ...['POST /Users/{}/disable/', 'POST /Users/{}/enable/', 'GET /Users/{}/safes', 'DELETE /Safes/{}/Members/{}'],
      ],
      // With safes: user and safes before and after, two groups and one safe.
      requests: { find: 1, disable: 3, strip: 7 },
    },
  }));
