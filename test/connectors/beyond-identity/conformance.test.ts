import { startBeyondIdentity } from '../../../sandbox/beyond-identity';
import { describeConformance, type Expectations } from '../conformance';

const expects: Expectations = {
  verbs: [
    'GET ',
    'GET /identities',
    'GET /identities/{}',
    'POST /identities',
    'PATCH /identities/{}',
    'DELETE /identities/{}',
    'GET /groups',
    'GET /groups/{}:listMembers',
    'POST /groups/{}:addMembers',
    'POST /groups/{}:deleteMembers',
    'GET /resource-servers',
    'GET /resource-servers/{}/roles',
    'GET /resource-servers/{}/roles/{}:listMembers',
    'POST /resource-servers/{}/roles/{}:addMembers',
    'POST /resource-servers/{}/roles/{}:deleteMembers',
    'GET /identities/{}/credentials',
    'POST /identities/{}/credentials/{}:revoke',
    'GET /identities/{}/credential-binding-jobs',
    'POST /identities/{}/credential-binding-jobs/{}:revoke',
    'GET /applications/{}/tokens',
    'DELETE /applications/{}/tokens/{}',
  ],
  grants: ['group', 'role'],
  deletion: 'permanent',
  drains: ['credentials'],
  enabledField: 'status',
  unknownId: '00112233aabbccdd',
  tokens: 1,
  membershipFields: [{ field: 'groups', path: ':listGroups$' }],
  holderField: { field: 'identities', path: ':listMembers$' },
  // `:deleteMembers` answers 200 whether or not somebody was a member.
  blindRemoval: true,
  // A strip lists groups, resource servers and roles, takes two groups and a role away, and lists groups and roles again.
  requests: { find: 1, disable: 2, strip: 8 },
};

describeConformance({ type: 'beyond-identity', start: startBeyondIdentity, expects });

describeConformance({
  type: 'beyond-identity',
  start: (options) => startBeyondIdentity({ ...options, application: 'app1' }),
  target: () => ({ options: { applications: ['app1'], pageSize: 50 } }),
  expects,
});
