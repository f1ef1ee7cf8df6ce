import type { z } from 'zod';
import { scimOptions, standardQuirks, type Quirks } from '../scim';

/** CyberArk Identity: a password on create, filters that do mind the case (vendor-apis 4.6), web sessions of twelve hours (7). */
export const cyberArkIdentityQuirks: Quirks = {
  ...standardQuirks,
  password: 'required',
  filterCase: 'sensitive',
  tokenLifetime: 'PT12H',
};

/** Dialect options of a `cyberark-identity-scim` target; README.md has the table. */
export const optionsSchema = scimOptions(cyberArkIdentityQuirks);
export type Options = z.output<typeof optionsSchema>;
