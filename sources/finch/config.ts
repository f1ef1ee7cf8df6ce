import { z } from 'zod';
import type { Secret } from '../../domain/secret';

/** Options of a `finch` source. */
export const optionsSchema = z.strictObject({
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2020-09-17')
    .default('2020-09-17')
    .describe('Version of the Finch API that is asked for.'),
  connectionId: z
    .string()
    .min(1)
    .optional()
    .describe('Only webhooks of this connection are taken; all connections of a Finch application share one webhook.'),
});
export type Options = z.output<typeof optionsSchema>;

/** The access token of one connection. */
export const authSchema = (secret: z.ZodType) =>
  z.strictObject({ token: secret.describe('Access token of the connection, with individual and employment.') });
export interface FinchAuth {
  readonly token: Secret;
}
