import { z } from 'zod';

/** Ids go into paths and into `application/token` pairs, so they hold no slash. */
const vendorId = z.string().regex(/^[^/\s]+$/);

/** Options of a `beyond-identity` target; the defaults are the API of the seeds 001 and 004 and its OpenAPI. */
export const optionsSchema = z.strictObject({
  /** Rows a page; the vendor's maximum is 200. */
  pageSize: z.int().min(1).max(200).default(200),
  /** False: roles are not looked at, and evidence says so. */
  roles: z.boolean().default(true),
  /** Ids of the resource servers whose roles count; empty: all of the realm, asked for each time. */
  resourceServers: z.array(vendorId).default([]),
  /** Ids of the applications whose tokens are ended with the passkeys; empty: tokens are not looked at, and evidence says so. */
  applications: z.array(vendorId).default([]),
  /** Statuses besides 404 with which a removal or revocation may say "it was so already"; the object is read again to be sure. */
  alreadyCodes: z.array(z.int().min(400).max(499)).default([400, 409]),
  /** ISO 8601: how long a token may act after the disable; set per application at the vendor, who publishes no default. */
  tokenLifetime: z.string().startsWith('P').default('PT1H'),
});
export type Options = z.output<typeof optionsSchema>;
