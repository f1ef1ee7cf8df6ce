import { Duration } from 'luxon';
import { z } from 'zod';
import { strengths } from '../domain/flow';

/** `P30D`, `PT10S`, `PT0.2S`: at least zero. */
export const duration = z
  .string()
  .refine((text) => /^P/.test(text) && Duration.fromISO(text).isValid && Duration.fromISO(text).toMillis() >= 0, {
    message: 'must be an ISO 8601 duration such as P30D, PT4H or PT0.2S',
  });

const count = z.number().int().min(1);

/** Who decides, and how sure it must be who they are. */
export const approvers = z
  .strictObject({
    count: count.default(1).describe('How many different people must approve.'),
    allowed: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Who may approve, by user name or e-mail; left out: anybody but the requester and the subject.'),
    minStrength: z
      .enum(strengths)
      .default('principal')
      .describe('How sure it must be who decided: token, principal, or asserted (a claim; for trials).'),
  })
  .refine(
    ({ count: needed, allowed }) =>
      allowed === undefined || new Set(allowed.map((name) => name.toLowerCase())).size >= needed,
    {
      message: 'count asks for more people than allowed names',
      path: ['count'],
    },
  );

/** What happens to leavers. */
export const leaver = z.strictObject({
  retention: duration
    .default('P30D')
    .describe('How long accounts are kept disabled before anybody is asked about deletion.'),
  deletion: z
    .strictObject({
      mode: z.enum(['approval', 'never']).default('never').describe('never keeps every account disabled.'),
      targets: z
        .union([z.literal('all'), z.array(z.string())])
        .default([])
        .describe('Targets whose accounts may be deleted: a list of ids, or all.'),
      window: duration
        .default('P7D')
        .describe('How long a removal plan waits for an answer; then the accounts stay disabled.'),
      approvers: approvers.prefault({}).describe('Who decides.'),
    })
    .prefault({})
    .describe('Whether accounts are ever deleted; always with a person’s approval.'),
  sessions: z
    .strictObject({
      poll: duration.default('PT10S').describe('How often live sessions are listed.'),
      quiet: duration
        .optional()
        .describe('How long the list must stay empty; left out: the token lifetime of the target’s type.'),
      deadline: duration
        .default('PT4H')
        .describe('After this, sessions that are still live are shown as residual and escalated.'),
    })
    .prefault({})
    .describe('How sessions, checkouts and credentials are drained.'),
});
