import { z } from 'zod';
import { accessSchema, type AccessSurroundings } from './access-schema';
import { approvers, duration, leaver } from './leaver-schema';

/** `policy:` of tenure.yaml, or the whole of a policy file; every problem is reported at once. */
export function policySchema(surroundings: AccessSurroundings) {
  return z.strictObject({
    leaver: leaver.prefault({}).describe('What happens to leavers.'),
    joiner: z
      .strictObject({
        lead: duration
          .default('PT0S')
          .describe(
            'How long before the first day accounts are made and granted; they stay disabled and are enabled on the first day.',
          ),
      })
      .prefault({})
      .describe('What happens to joiners.'),
    mover: z
      .strictObject({
        overlap: duration.default('PT0S').describe('How long what is lost is kept beside what is gained.'),
        renamesAccounts: z
          .boolean()
          .default(false)
          .describe('Whether a changed user name renames accounts; otherwise an account keeps its name.'),
      })
      .prefault({})
      .describe('What happens to movers.'),
    approvers: approvers
      .optional()
      .describe('Who decides on privileged grants; left out: those of `leaver.deletion.approvers`.'),
    approvalWindow: duration
      .default('P7D')
      .describe('How long the question for a privileged grant waits for an answer; then it is not granted.'),
    access: accessSchema(surroundings)
      .optional()
      .describe('Who gets which accounts and entitlements; left out: joiners and movers do nothing, and say so.'),
  });
}

export type ParsedPolicy = z.output<ReturnType<typeof policySchema>>;
