import { z } from 'zod';
import type { Secret } from '../../domain/secret';

/** Options of a `bamboohr` source. */
export const optionsSchema = z.strictObject({
  terminatedStatuses: z
    .array(z.string().min(1))
    .min(1)
    .default(['Terminated'])
    .describe('Employment statuses of the company that mean the end of an employment.'),
  replayWindow: z
    .int()
    .min(60)
    .max(86_400)
    .default(10_800)
    .describe(
      'Seconds that a request may be old. BambooHR tries again for 155 minutes and does not say whether it signs anew; a request that comes again only leads to another look.',
    ),
});
export type Options = z.output<typeof optionsSchema>;

/** An API key: BambooHR takes it as the user name of Basic authentication. */
export const authSchema = (secret: z.ZodType) =>
  z.strictObject({ token: secret.describe('API key of a user who may see employees and their employment status.') });
export interface BambooAuth {
  readonly token: Secret;
}
