import { Duration } from 'luxon';
import { z } from 'zod';
import type { Secret } from '../../domain/secret';
import { noticeKinds, sensitiveFields } from '../../domain/notice';

/** What the rest of the configuration lends to this part of it. */
export interface NotificationParts {
  readonly secret: z.ZodType<Secret, string>;
  readonly duration: z.ZodType<string, string>;
  readonly resolvePath: (path: string) => string;
}

const channelId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'must be letters, digits, dots, dashes or underscores, at most 63');

/** `notifications:` in tenure.yaml: where people are told, of what, and who gets personal approval tokens. */
export function notificationSchema({ secret, duration, resolvePath }: NotificationParts) {
  const secrets = z
    .union([secret, z.array(secret)])
    .transform((one) => (Array.isArray(one) ? one : [one]))
    .default([]);
  const path = z.string().min(1).transform(resolvePath);
  const channel = z.strictObject({
    id: channelId.describe('Name of this channel: all that flows, evidence and logs ever say of it.'),
    type: z
      .enum(['webhook', 'slack'])
      .describe('webhook: Standard Webhooks, signed. slack: a Slack-compatible incoming webhook, `{text, blocks}`.'),
    url: secret.describe('A reference to the address: the whole of it is a secret.'),
    secret: secrets.describe('webhook: signs every message; a reference, or several while one is being changed.'),
    kinds: z
      .array(z.enum(noticeKinds))
      .default([...noticeKinds])
      .describe('What is told here; all of it when left out.'),
    include: z
      .array(z.enum(sensitiveFields))
      .default([])
      .describe('Sensitive fields that may be told here: reason, as HR gave it.'),
    timeout: duration
      .default('PT10S')
      .refine((text) => millisecondsOf(text) >= 1 && millisecondsOf(text) <= 10_000, {
        message: 'must be a duration up to PT10S',
      })
      .transform(millisecondsOf)
      .describe('How long one answer may take, at most PT10S.'),
    tls: z
      .strictObject({
        caFile: path.optional().describe('PEM file of a private CA, added to the system’s own.'),
        pinSha256: z.string().min(1).optional().describe('SHA-256 of the server’s certificate, besides the chain.'),
      })
      .prefault({})
      .transform((tls) => present(tls)),
  });
  return z
    .strictObject({
      channels: z.array(channel).default([]).describe('Where people are told.'),
      approvers: z
        .array(
          z.strictObject({
            approver: z.string().min(1).describe('Who, as in approvers.allowed.'),
            channel: channelId.describe('Their own channel: nobody else may read it.'),
          }),
        )
        .default([])
        .describe('Who gets a personal approval token, and on which channel.'),
      tokenKey: secrets.describe(
        'Signs and verifies personal approval tokens (HS256, at least 32 characters). A reference, or several: the first signs, all verify.',
      ),
      remindBefore: duration
        .default('P1D')
        .describe('How long before an approval’s deadline people are reminded; at the earliest half-way to it.'),
      webUi: z
        .url({ protocol: /^https?$/ })
        .transform((text) => text.replace(/\/+$/, ''))
        .optional()
        .describe('Address of the Temporal Web UI, for links.'),
    })
    .describe('Where people are told of what, and how approvers prove who they are.');
}

export function millisecondsOf(duration: string): number {
  return Duration.fromISO(duration).toMillis();
}

/** The same without the keys that are undefined. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
