import type { StandIn } from '../core';
import { plainDialect, type ScimDialect } from '../scim/dialect';
import { Directory } from '../scim/directory';
import { startScim, type ScimOptions } from '../scim/provider';

/** Seed 000, "SCIM API status", and vendor-apis 2.5: no group by its id, no groups on a user, names in mixed case. */
export const beyondTrustDialect: ScimDialect = {
  ...plainDialect,
  verbs: [
    'GET /Users',
    'GET /Users/:id',
    'POST /Users',
    'PUT /Users/:id',
    'PATCH /Users/:id',
    'DELETE /Users/:id',
    'GET /Groups',
    'POST /Groups',
    'PATCH /Groups/:id',
  ],
  userFilters: ['userName', 'externalId'],
  groupFilters: ['displayName'],
  attributeCase: 'mixed',
  usersShowGroups: false,
  putWipesGroups: true,
  valueArrayRemove: 'wipes',
  textBooleans: 'accepted',
  defaultCount: 100,
  maxCount: 100,
};

export interface BeyondTrustScimOptions extends ScimOptions {
  readonly ownedByDirectory?: readonly string[];
}

/** BeyondTrust's SCIM 2.0 service provider. */
export function startBeyondTrustScim(options: BeyondTrustScimOptions = {}): Promise<StandIn> {
  const { ownedByDirectory = [] } = options;
  return startScim(
    {
      type: 'beyondtrust-scim',
      apiRoot: '/scim/v2',
      tokenPath: '/oauth2/token',
      staticToken: 'play-beyondtrust-scim-token',
      dialect: beyondTrustDialect,
      directory: new Directory({ ownedByDirectory }),
    },
    options,
  );
}
