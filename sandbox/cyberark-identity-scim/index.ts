import type { StandIn } from '../core';
import { plainDialect, type ScimDialect } from '../scim/dialect';
import { Directory } from '../scim/directory';
import { startScim, type ScimOptions } from '../scim/provider';

/** Seed 002, "SCIM API status", and vendor-apis 4.6: filters mind the case, a new user needs a password. */
export const cyberArkIdentityDialect: ScimDialect = {
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
    'DELETE /Groups/:id',
    'GET /ServiceProviderConfig',
  ],
  userFilters: ['id', 'userName', 'externalId', 'displayName', 'emails.value', 'active'],
  filterCase: 'exact',
  passwordRequired: true,
  valueArrayRemove: 'accepted',
  textBooleans: 'refused',
  defaultCount: 100,
  maxCount: 1000,
};

export interface CyberArkIdentityScimOptions extends ScimOptions {
  readonly ownedByDirectory?: readonly string[];
}

/** CyberArk Identity's SCIM 2.0 service provider: the directory, not the vault. */
export function startCyberArkIdentityScim(options: CyberArkIdentityScimOptions = {}): Promise<StandIn> {
  const { ownedByDirectory = [] } = options;
  return startScim(
    {
      type: 'cyberark-identity-scim',
      apiRoot: '/scim/v2',
      tokenPath: '/oauth2/token/play-scim-app',
      staticToken: 'play-cyberark-scim-token',
      dialect: cyberArkIdentityDialect,
      directory: new Directory({ ownedByDirectory }),
    },
    options,
  );
}
