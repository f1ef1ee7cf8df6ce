import { z } from 'zod';

/** Dialect options of an `acmevault` target: every one has a default, and the default is what the vendor documents. */
export const optionsSchema = z.strictObject({
  /** Members and teams asked for at a time; the vendor gives 50 at most. */
  pageSize: z.int().min(1).max(50).default(50),
  /** ISO 8601: how long a token that lives at the disable can take out new leases; the vendor says ten minutes. */
  tokenLifetime: z.string().startsWith('P').default('PT10M'),
});
export type Options = z.output<typeof optionsSchema>;
