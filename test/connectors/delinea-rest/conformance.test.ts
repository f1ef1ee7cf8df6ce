import type { StandIn, StandInOptions } from '../../../sandbox/core';
import { startDelineaRest } from '../../../sandbox/delinea-rest';
import { startDelineaScim } from '../../../sandbox/delinea-scim';
import { DelineaTenant, type TenantOptions } from '../../../sandbox/delinea-tenant';
import { describeConformance, type Conformance, type Expectations } from '../conformance';

const verbs = [
  ...['GET /users', 'POST /users', 'GET /users/{}', 'PATCH /users/{}', 'DELETE /users/{}'],
  ...['GET /sessions', 'POST /sessions/{}/terminate'],
];
const unknownId = '00000000-0000-4000-8000-000000000000';
const common: Omit<Expectations, 'grants'> = {
  ...{ verbs, unknownId, drains: ['sessions'], enabledField: 'active' },
  deletion: 'permanent',
  tokens: 1,
  membershipFields: [{ field: 'roles' }],
  holderField: { field: 'roles' },
  members: ['role', 'group'],
  // Of the two surfaces only REST is counted: list and record, PATCH and proof, for both steps.
  requests: { find: 2, disable: 2, strip: 2 },
};

/** SCIM surfaces by the REST stand-in of the same tenant. */
const surfaces = new WeakMap<StandIn, StandIn>();

/** Both surfaces take the same client secret, so that one reference in the target's configuration serves both. */
async function startBoth(options: StandInOptions, tenantOptions: TenantOptions = {}): Promise<StandIn> {
  const tenant = new DelineaTenant({ terminateMs: 20, ...tenantOptions });
  const scim = await startDelineaScim({ tenant, auth: 'client-credentials' });
  const { clientSecret = '' } = scim.auth;
  const rest = await startDelineaRest({ ...options, tenant, clientSecret });
  surfaces.set(rest, scim);
  const stopRest = rest.stop;
  return Object.assign(rest, {
    stop: async () => {
      await Promise.all([stopRest(), scim.stop()]);
    },
  });
}

function withScim(rest: StandIn): Readonly<Record<string, unknown>> {
  const scim = surfaces.get(rest);
  if (scim === undefined) throw new Error('there is no SCIM surface beside this stand-in');
  return { scim: { baseUrl: scim.baseUrl, auth: { ...scim.auth, clientSecret: '${env:PLAY_clientSecret}' } } };
}

const both: Conformance = {
  type: 'delinea-rest',
  start: (options) => startBoth(options),
  target: withScim,
  expects: {
    ...common,
    grants: ['role', 'group'],
    groupsBeside: true,
    unleavable: {
      start: (options) => startBoth(options, { ownedByDirectory: ['Domain Admins'] }),
      group: 'Domain Admins',
      change: 'owned-by-directory',
    },
  },
};
describe('with the SCIM surface', () => describeConformance(both));

describe('without it', () =>
  describeConformance({
    type: 'delinea-rest',
    start: (options) => startDelineaRest({ terminateMs: 20, ...options }),
    expects: {
      ...common,
      grants: ['role'],
    },
  }));
