import { z } from 'zod';
import type { Secret } from '../../domain/secret';

/** Options of a `hibob` source. */
export const optionsSchema = z.strictObject({
  companyId: z.string().min(1).optional().describe('Only webhooks of this company are taken.'),
  gardenLeaveSuspends: z
    .boolean()
    .default(true)
    .describe('Garden leave suspends: accounts are disabled and drained, nothing is taken away.'),
});
export type Options = z.output<typeof optionsSchema>;

/** A service user: Bob takes id and token as Basic authentication. */
export const authSchema = (secret: z.ZodType) =>
  z.strictObject({
    serviceUser: z.string().min(1).describe('Id of the service user.'),
    token: secret.describe('Token of the service user, who may see active and inactive people.'),
  });
export interface BobAuth {
  readonly serviceUser: string;
  readonly token: Secret;
}
