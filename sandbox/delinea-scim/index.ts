import type { StandIn } from '../core';
import { DelineaTenant, type TenantOptions } from '../delinea-tenant';
import { plainDialect, type ScimDialect } from '../scim/dialect';
import { startScim, type ScimOptions } from '../scim/provider';

/** Seed 003, "SCIM API status", and vendor-apis 5.2 and 12. */
export const delineaDialect: ScimDialect = {
  ...plainDialect,
  verbs: plainDialect.verbs.filter((verb) => verb !== 'PUT /Groups/:id'),
  patchAnswer: 'alternating',
  userFilters: ['userName', 'externalId'],
  filterIgnoredEvery: 5,
  missingExternalId: 'duplicates-on-create',
  valueArrayRemove: 'ignored',
  textBooleans: 'accepted',
  defaultCount: 25,
  maxCount: 100,
};

/** The on-premises connector to Secret Server, where it differs: a delete only disables, disabled users get no groups. */
export const delineaOnPremises: Partial<ScimDialect> = { deletion: 'disables', groupsForDisabled: 'refused' };

export interface DelineaScimOptions extends ScimOptions, TenantOptions {
  /** The tenant that a `delinea-rest` stand-in shows too; default: one of its own. */
  readonly tenant?: DelineaTenant;
  readonly onPremises?: boolean;
}

/** Delinea's SCIM 2.0 service provider. */
export function startDelineaScim(options: DelineaScimOptions = {}): Promise<StandIn> {
  const tenant = options.tenant ?? new DelineaTenant(options);
  const dialect = options.onPremises ? { ...delineaDialect, ...delineaOnPremises } : delineaDialect;
  return startScim(
    {
      type: 'delinea-scim',
      apiRoot: '/scim/v2',
      tokenPath: '/identity/api/oauth2/token/xpmplatform',
      staticToken: 'play-delinea-scim-token',
      dialect,
      directory: tenant.directory,
      state: tenant,
    },
    options,
  );
}
