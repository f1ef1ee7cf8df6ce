import type { z } from 'zod';
import { scimOptions, standardQuirks, type Quirks } from '../scim';

/**
 * BeyondTrust as seed 000 has it: plain SCIM 2.0, no password sync ("SSO handles authentication"). Groups of a user are a
 * "group search" (vendor-apis 1); CyberArk Identity and Delinea have them on the user, read-only (vendor-apis 1, seed 003).
 */
export const beyondTrustQuirks: Quirks = {
  ...standardQuirks,
  emptyGroups: 'unknown',
  password: 'never',
  tokenLifetime: 'PT1H',
};

/** Dialect options of a `beyondtrust-scim` target; README.md has the table. */
export const optionsSchema = scimOptions(beyondTrustQuirks);
export type Options = z.output<typeof optionsSchema>;
