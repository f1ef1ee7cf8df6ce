import { acmeVault } from '../../../connectors/acmevault';
import { vendors } from '../../../connectors/registry';
import type { Vendor } from '../../../connectors/vendor';
import { startAcmeVault } from '../../../sandbox/acmevault';
import { describeConformance } from '../conformance';

// The template is in no production registry. For this file it is, exactly as the one line of the guide would put it.
Object.assign(vendors as Record<string, Vendor>, { acmevault: acmeVault });

describeConformance({
  type: 'acmevault',
  start: startAcmeVault,
  expects: {
    verbs: [
      ...['GET /members', 'POST /members', 'GET /members/{}', 'PATCH /members/{}', 'DELETE /members/{}'],
      ...['GET /teams', 'PUT /teams/{}/members/{}', 'DELETE /teams/{}/members/{}', 'GET /leases', 'DELETE /leases/{}'],
    ],
    grants: ['team'],
    deletion: 'permanent',
    drains: ['checkouts'],
    enabledField: 'state',
    membershipFields: [{ field: 'teams' }],
    holderField: { field: 'teams' },
    unknownId: '00000000-0000-4000-8000-000000000000',
    tokens: 1,
    requests: { find: 1, disable: 3, strip: 4 },
  },
});
