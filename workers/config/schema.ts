import { IANAZone, Duration } from 'luxon';
import { z } from 'zod';
import { targetSchema, type ParsedTarget, type Surroundings } from '../../connectors/target-schema';
import { sourceSchema } from '../../sources/source-schema';
import { strengths } from '../../domain/flow';
import type { Secret } from '../../domain/secret';
import { modes } from '../../domain/target';
import { notificationSchema } from './notification-schema';

/** `P30D`, `PT10S`, `PT0.2S`: at least zero and, where it matters, above it. */
export const duration = z
  .string()
  .refine((text) => /^P/.test(text) && Duration.fromISO(text).isValid && Duration.fromISO(text).toMillis() >= 0, {
    message: 'must be an ISO 8601 duration such as P30D, PT4H or PT0.2S',
  });
const count = z.number().int().min(1);
const percent = z.number().gt(0).max(100);

const approvers = z
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

const leaver = z.strictObject({
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

/** `tenure.yaml`; every problem is reported at once. */
export function configSchema(surroundings: Surroundings) {
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
      gateway: z
        .strictObject({
          host: z.string().default('127.0.0.1').describe('Address to listen on.'),
          port: z.number().int().min(0).max(65_535).default(8080).describe('Port to listen on.'),
          hrWebhookSecrets: z
            .array(secret)
            .default([])
            .describe('Secrets that HR may sign with, each a reference; several while one is being changed.'),
        })
        .prefault({}),
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
      policy: z
        .strictObject({ leaver: leaver.prefault({}) })
        .prefault({})
        .describe('What happens to whom.'),
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
    .superRefine((config, context) => {
      for (const problem of crossProblems(config)) context.addIssue({ code: 'custom', ...problem });
    });
}

/** What no field can tell by itself. */
function crossProblems(config: {
  targets: readonly ParsedTarget[];
  sources: readonly { readonly id: string }[];
  policy: { leaver: z.output<typeof leaver> };
  safety: z.output<typeof safety>;
  approvals: { tokenSecret?: Secret | undefined };
  notifications: z.output<ReturnType<typeof notificationSchema>>;
}) {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const ids = config.targets.map((target) => target.id);
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index) problems.push({ path: ['targets', index, 'id'], message: `${id} is used twice` });
  });
  const sources = config.sources.map((source) => source.id);
  sources.forEach((id, index) => {
    if (sources.indexOf(id) !== index)
      problems.push({ path: ['sources', index, 'id'], message: `${id} is used twice` });
  });
  const known = (id: string, path: (string | number)[]) => {
    if (!ids.includes(id)) problems.push({ path, message: `no target has the id ${id}` });
  };
  const { targets } = config.policy.leaver.deletion;
  if (targets !== 'all') targets.forEach((id, index) => known(id, ['policy', 'leaver', 'deletion', 'targets', index]));
  config.safety.protected.accounts.forEach(({ target }, index) =>
    known(target, ['safety', 'protected', 'accounts', index, 'target']),
  );
  const unreachable = tokenProblem(config);
  if (unreachable !== undefined)
    problems.push({ path: ['policy', 'leaver', 'deletion', 'approvers', 'minStrength'], message: unreachable });
  return problems;
}

/** Where only tokens count, enough approvers must be able to get one; unless something else issues them. */
function tokenProblem({ policy, approvals, notifications }: Parameters<typeof crossProblems>[0]): string | undefined {
  const { mode, approvers } = policy.leaver.deletion;
  if (mode === 'never' || approvers.minStrength !== 'token' || approvals.tokenSecret !== undefined) return undefined;
  const allowed = approvers.allowed?.map((name) => name.toLowerCase());
  const reached = notifications.approvers.filter(
    ({ approver }) => allowed === undefined || allowed.includes(approver.toLowerCase()),
  );
  if (reached.length >= approvers.count) return undefined;
  return `only tokens count, and ${reached.length} of the ${approvers.count} people needed can get one: name their channels in notifications.approvers`;
}
