import { z } from 'zod';
import type { Secret } from '../../domain/secret';

/** Options of a `gusto` source. */
export const optionsSchema = z.strictObject({
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2025-06-15')
    .default('2025-06-15')
    .describe('Version of the Gusto API that is asked for.'),
  companyUuid: z
    .uuid()
    .optional()
    .describe('Only webhooks of this company are taken; all companies of an application share one subscription.'),
  subscription: z
    .uuid()
    .optional()
    .describe(
      'UUID of the webhook subscription: the verification token that Gusto sends for it is kept in the first file of webhookSecrets while that is empty, and the subscription is verified.',
    ),
});
export type Options = z.output<typeof optionsSchema>;

/** An access token that somebody else keeps fresh, or what Tenure needs to do that itself. */
export const authSchema = (secret: z.ZodType) =>
  z
    .strictObject({
      token: secret.optional().describe('Access token of the company, kept fresh by somebody else.'),
      refreshToken: secret
        .optional()
        .describe(
          'Refresh token of the company in a file that Tenure may write: Gusto gives a new one with every use.',
        ),
      clientId: z.string().min(1).optional().describe('Of the Gusto application; for refreshToken and subscription.'),
      clientSecret: secret.optional().describe('Of the Gusto application.'),
    })
    .superRefine(({ token, refreshToken, clientId, clientSecret }, context) => {
      const refuse = (message: string) => context.addIssue({ code: 'custom', message });
      if ((token === undefined) === (refreshToken === undefined)) refuse('give token or refreshToken, one of them');
      if ((clientId === undefined) !== (clientSecret === undefined)) refuse('clientId and clientSecret go together');
      if (refreshToken !== undefined && clientId === undefined) refuse('refreshToken needs clientId and clientSecret');
    });
export interface GustoAuth {
  readonly token?: Secret;
  readonly refreshToken?: Secret;
  readonly clientId?: string;
  readonly clientSecret?: Secret;
}
