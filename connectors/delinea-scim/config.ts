import type { z } from 'zod';
import { delineaQuirks, scimOptions } from '../scim';

/** Dialect options of a `delinea-scim` target; the defaults are seed 003, README.md has the table. */
export const optionsSchema = scimOptions(delineaQuirks);
export type Options = z.output<typeof optionsSchema>;
