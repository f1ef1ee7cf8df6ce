import type { z } from 'zod';
import { scimOptions, standardQuirks, type Quirks } from '../scim';

/** BeyondTrust as seed 000 has it: plain SCIM 2.0, no password sync ("SSO handles authentication"). */
export const beyondTrustQuirks: Quirks = { ...standardQuirks, password: 'never', tokenLifetime: 'PT1H' };

/** Dialect options of a `beyondtrust-scim` target; README.md has the table. */
export const optionsSchema = scimOptions(beyondTrustQuirks);
export type Options = z.output<typeof optionsSchema>;
