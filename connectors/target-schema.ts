import { z } from 'zod';
import type { AdminGroup } from '../domain/administrator';
import type { Secret } from '../domain/secret';
import { modes } from '../domain/target';
import { vendors } from './registry';
import type { Auth, Target } from './target';

/** Types whose API has a log-on of its own instead of OAuth. */
const logOnTypes: readonly string[] = ['cyberark-pam-self-hosted'];
const keys = ['externalId', 'username', 'email'] as const;
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export type ParsedTarget = Target;

/** What a schema of targets needs from the place where the configuration lies. */
export interface Surroundings {
  /** Turns `${env:NAME}` or `${file:path}` into a secret; throws, in words for the reader, on anything else. */
  readonly resolveSecret: (reference: string) => Secret;
  /** Turns a path of the configuration into one that can be opened; by default it is taken as it is. */
  readonly resolvePath?: (path: string) => string;
}

/**
 * One entry of `targets:` in tenure.yaml, options of the type included. Unknown keys are refused, every problem is told at
 * once, and the result has all its defaults.
 */
export function targetSchema(surroundings: Surroundings | Surroundings['resolveSecret']) {
  const { resolveSecret, resolvePath = (path: string) => path } =
    typeof surroundings === 'function' ? { resolveSecret: surroundings } : surroundings;
  const entries = Object.values(vendors).map((vendor) => entryOf(vendor, { resolveSecret, resolvePath }));
  const known = Object.keys(vendors).join(', ');
  return z
    .discriminatedUnion('type', entries as [(typeof entries)[number], ...typeof entries], {
      error: (issue) => (issue.code === 'invalid_union' ? `must be one of ${known}` : undefined),
    })
    .superRefine(({ adminGroups, minAdmins }, context) => {
      if (minAdmins !== undefined && adminGroups === undefined)
        context.addIssue({
          code: 'custom',
          path: ['minAdmins'],
          message: 'counts members of adminGroups: name those too',
        });
    })
    .transform(toTarget);
}

function entryOf(
  vendor: { readonly type: string; readonly options: z.ZodType },
  { resolveSecret, resolvePath }: Required<Surroundings>,
) {
  const auth = authSchema({ resolveSecret, logsOn: logOnTypes.includes(vendor.type) });
  return z.strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'must be letters, digits, dots, dashes or underscores, at most 63')
      .describe('Name of this target; part of its task queue.'),
    type: z.literal(vendor.type).describe('Which connector.'),
    baseUrl: address.describe('API root, version included.'),
    auth: auth.describe('How Tenure signs on.'),
    tls: tlsSchema(resolvePath).prefault({}),
    limits: limits.prefault({}),
    options: vendor.options.prefault({}).describe('Dialect options of the type.'),
    correlation: correlation.prefault({}),
    mode: z.enum(modes).default('full').describe('The stricter of this and the global mode counts.'),
    system: z.string().min(1).optional().describe('Targets of one system hold the same accounts; default: the id.'),
    ownAccount: z.string().min(1).optional().describe('The API’s own account, where auth does not tell it.'),
    adminGroups: z
      .array(adminGroup)
      .min(1)
      .optional()
      .describe(
        'Groups and roles of administrators, by name or id, or as `{ kind, name }`: a step that would leave one with fewer than minAdmins enabled accounts parks.',
      ),
    minAdmins: z
      .int()
      .min(1)
      .optional()
      .describe('How many enabled administrators each of adminGroups must keep; 1 when left out.'),
    ...(vendor.type === 'delinea-rest' && {
      scim: z
        .strictObject({ baseUrl: address, auth: authSchema({ resolveSecret, logsOn: false }) })
        .optional()
        .describe('The tenant’s SCIM surface, for group memberships.'),
    }),
  });
}

const adminGroup = z.union([
  z
    .string()
    .min(1)
    .transform((name): AdminGroup => ({ name })),
  z.strictObject({ kind: z.string().min(1), name: z.string().min(1) }),
]);

/** Trust in a system's certificate beyond the machine's own roots; paths are taken from the configuration's folder. */
export function tlsSchema(resolvePath: (path: string) => string) {
  const path = z.string().min(1).transform(resolvePath);
  return z.strictObject({
    caFile: path.optional().describe('PEM file of a private CA, added to the system’s own.'),
    pinSha256: z.string().min(1).optional().describe('SHA-256 of the server’s certificate, checked besides the chain.'),
    serverName: z.string().min(1).optional().describe('Name on the certificate, where it is not the host.'),
  });
}

/** How fast and how long a system may be asked. */
export const limits = z.strictObject({
  requestsPerSecond: z.number().positive().max(1000).default(10).describe('At most so many requests a second.'),
  concurrency: z.int().min(1).max(100).default(4).describe('At most so many requests at a time.'),
  timeout: z
    .string()
    .default('PT30S')
    .transform((text, context) => {
      const [, minutes = '0', seconds = '0'] = /^PT(?=\d)(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text) ?? [];
      const milliseconds = (Number(minutes) * 60 + Number(seconds)) * 1000;
      if (milliseconds >= 1 && milliseconds <= 600_000) return milliseconds;
      context.addIssue({ code: 'custom', message: 'must be an ISO 8601 duration up to PT10M, such as PT30S' });
      return z.NEVER;
    })
    .describe('How long one answer may take.'),
});

const correlation = z.strictObject({
  by: z
    .array(z.enum(keys))
    .min(1)
    .default([...keys])
    .describe('Which keys name a person’s accounts.'),
  extraUsernames: z.array(z.string().min(1)).default([]).describe('Templates of further user names.'),
  externalIdName: z.string().min(1).optional().describe('Which of person.externalIds; default: person.id.'),
});

/** Credentials cross the network: plain HTTP is for stand-ins on the same machine. */
export const address = z.string().transform((text, context) => {
  const refuse = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (!URL.canParse(text)) return refuse('must be an address such as https://host/api');
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '') return refuse('must hold no credentials: use auth');
  if (search !== '' || hash !== '') return refuse('must have no query and no fragment');
  if (protocol === 'http:' && !loopback.test(hostname)) return refuse('must begin with https://');
  if (!['http:', 'https:'].includes(protocol)) return refuse('must begin with https://');
  return text.replace(/\/+$/, '');
});

/** The three forms of `auth`, told apart by their keys so that a problem names the right field. */
function authSchema({
  resolveSecret,
  logsOn,
}: {
  readonly resolveSecret: Surroundings['resolveSecret'];
  readonly logsOn: boolean;
}) {
  const forms = authForms(secretSchema(resolveSecret));
  return z.unknown().transform((value, context): Auth => {
    const form = logsOn ? 'logOn' : formOf(value);
    const parsed = forms[form].safeParse(value ?? {});
    if (parsed.success) return parsed.data as Auth;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
}

function authForms(secret: z.ZodType<Secret>) {
  const text = z.string().min(1);
  return {
    token: z.strictObject({ token: secret }),
    logOn: z.strictObject({ username: text, password: secret, method: text.default('CyberArk') }),
    clientCredentials: z.strictObject({
      tokenUrl: address,
      clientId: text,
      clientSecret: secret,
      scope: text.optional(),
      clientAuth: z.enum(['body', 'basic']).default('body'),
    }),
  };
}

function formOf(value: unknown): 'token' | 'clientCredentials' {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'token' in value ? 'token' : 'clientCredentials';
}

/** A reference to a secret; the secret itself has no place in a configuration. */
export function secretSchema(resolveSecret: Surroundings['resolveSecret']): z.ZodType<Secret> {
  return z.string().transform((text, context) => {
    if (!/^\$\{(env|file):[^}]+\}$/.test(text)) {
      context.addIssue({
        code: 'custom',
        message: 'write a reference, not the secret itself: ${env:NAME} or ${file:path}',
      });
      return z.NEVER;
    }
    try {
      return resolveSecret(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be resolved' });
      return z.NEVER;
    }
  });
}

type Entry = z.output<ReturnType<typeof entryOf>>;

function toTarget(entry: Entry): ParsedTarget {
  const { limits: given, correlation: rule, tls, system, ownAccount, adminGroups, minAdmins = 1, ...rest } = entry;
  const { requestsPerSecond, concurrency, timeout } = given;
  const scim = 'scim' in entry ? (entry.scim as Target['scim']) : undefined;
  return {
    ...{ id: rest.id, type: rest.type, baseUrl: rest.baseUrl, auth: rest.auth, options: rest.options, mode: rest.mode },
    tls: present(tls),
    limits: { requestsPerSecond, concurrency, timeoutMs: timeout },
    correlation: present(rule),
    system: system ?? rest.id,
    ...(ownAccount !== undefined && { ownAccount }),
    ...(adminGroups !== undefined && { administrators: { groups: adminGroups, min: minAdmins } }),
    ...(scim !== undefined && { scim }),
  };
}

/** The same without the keys that are undefined. */
export function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
