import { IANAZone } from 'luxon';
import { z } from 'zod';
import { targetSchema, type Surroundings } from '../../connectors/target-schema';
import { sourceSchema } from '../../sources/source-schema';
import { modes } from '../../domain/target';
import type { AccessSurroundings } from '../../policy/access-schema';
import { duration } from '../../policy/leaver-schema';
import { policySchema } from '../../policy/schema';
import { gatewaySchema } from './gateway-schema';
import { notificationSchema } from './notification-schema';

const count = z.number().int().min(1);
const percent = z.number().gt(0).max(100);

const safety = z.strictObject({
  budget: z
    .strictObject({
      perHour: count.default(20).describe('Leavers an hour, over every trigger.'),
      perDay: count.default(50).describe('Leavers a day.'),
      percentPerDay: percent.default(5).describe('Percent of the active people a day.'),
      minPeople: z
        .number()
        .int()
        .min(0)
        .default(50)
        .describe('Below this many active people the percentage is ignored.'),
      urgentPerHour: count.default(5).describe('Urgent leavers an hour, besides the others.'),
    })
    .prefault({})
    .describe('One blast-radius budget; over it flows wait until a second person releases them.'),
  protected: z
    .strictObject({
      people: z.array(z.string()).default([]).describe('Person ids; two people must release them.'),
      accounts: z
        .array(z.strictObject({ target: z.string(), username: z.string() }))
        .default([])
        .describe('Accounts that are never changed without two people.'),
    })
    .prefault({})
    .describe('Who and what is never changed without two people.'),
});

/** `tenure.yaml`, field by field; what two fields say together is looked at in `cross-problem`. */
export function configSchema(surroundings: Surroundings & { readonly policy: AccessSurroundings }) {
  const { resolveSecret, resolvePath = (path: string) => path } = surroundings;
  const secret = z.string().transform((text, context) => {
    try {
      return resolveSecret(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'unreadable' });
      return z.NEVER;
    }
  });
  return z
    .strictObject({
      store: z
        .strictObject({
          url: z
            .string()
            .default('sqlite:.tenure/tenure.db')
            .describe('sqlite:PATH or postgres://…; may be a reference.'),
        })
        .prefault({}),
      gateway: gatewaySchema({ secret }).prefault({}),
      mode: z
        .enum(modes)
        .default('observe')
        .describe(
          'observe writes nothing, contain never deletes, full does both. The stricter of this and the target’s own counts.',
        ),
      defaultTimeZone: z
        .string()
        .refine((zone) => IANAZone.isValidZone(zone), { message: 'must be an IANA time zone such as Europe/Oslo' })
        .default('UTC')
        .describe('Zone of people whose own is not known.'),
      targets: z
        .array(targetSchema(surroundings))
        .min(1, 'at least one target is needed')
        .describe('The systems where people have accounts.'),
      sources: z
        .array(sourceSchema(surroundings))
        .default([])
        .describe('HR systems whose own webhooks are taken, each at POST /hr/<type>/<id>.'),
      policy: policySchema(surroundings.policy).prefault({}).describe('What happens to whom.'),
      policyFile: z.string().optional().describe('A file with the policy instead of `policy`.'),
      safety: safety.prefault({}).describe('The brakes.'),
      approvals: z
        .strictObject({
          tokenSecret: secret
            .optional()
            .describe('Verifies personal approval tokens that something else issues (HS256, at least 32 characters).'),
        })
        .prefault({})
        .describe('How approvers prove who they are.'),
      notifications: notificationSchema({ secret, duration, resolvePath })
        .prefault({})
        .describe('Where people are told, and who gets personal approval tokens.'),
    })
    .describe('The whole of tenure.yaml.');
}
