import { z } from 'zod';

/** Fields of a user that a PUT writes; one that the body leaves out goes back to its default (seed 000, "Update User"). */
export const writableFields = [
  'username',
  'display_name',
  'email_address',
  'enabled',
  'group_memberships',
  'public_key',
  'locale',
] as const;
export type WritableField = (typeof writableFields)[number];

/** Every user has these: seed 000's table requires the first two at the creation, and gives the third a default. */
export const requiredFields: readonly WritableField[] = ['username', 'display_name', 'enabled'];

const statuses = z.array(z.int().min(400).max(499));

/** Dialect options of a `beyondtrust-rest` target; the defaults are the wire shape of seed 000. */
export const optionsSchema = z.strictObject({
  /** Rows asked for at a time; the vendor publishes no maximum, and a smaller page than asked for is accepted. */
  pageSize: z.int().min(1).max(1000).default(100),
  /** `put`: a membership ends by a PUT with the shorter list, the only documented way. `delete-endpoint`: `DELETE /groups/{g}/members/{u}`. */
  memberRemove: z.enum(['put', 'delete-endpoint']).default('put'),
  /** Statuses outside 2xx that mean "it was so already" or "it exists"; the account is read again to be sure. */
  alreadyCodes: z
    .strictObject({
      create: statuses.default([400, 409, 422]),
      addMember: statuses.default([400, 409, 422]),
      removeMember: statuses.default([404]),
    })
    .prefault({}),
  /** Writable fields that a PUT may reset although this deployment has them and does not show them; by default none, and such a PUT is refused. */
  mayReset: z.array(z.enum(writableFields)).default([]),
  /** `echo`: a PUT sends the whole object back, as the seed says. `omit`: without id, account_type, last_login and created_at. */
  readOnlyFields: z.enum(['echo', 'omit']).default('echo'),
  /** `account_type` of accounts that Tenure creates. */
  accountType: z.string().min(1).default('local'),
  /** Length of the initial password of a local account. */
  passwordLength: z.int().min(12).max(128).default(24),
  /** Values of `account_type` that name no person; such accounts are never changed. */
  serviceAccountTypes: z.array(z.string().min(1)).default(['service', 'application', 'api']),
  /** ISO 8601: how long a token may open new sessions after the disable; the vendor's tokens live 3600 s. */
  tokenLifetime: z.string().startsWith('P').default('PT1H'),
});
export type Options = z.output<typeof optionsSchema>;
