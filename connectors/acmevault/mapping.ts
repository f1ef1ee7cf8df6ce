import { z } from 'zod';
import type { Account, Entitlement, Grant } from '../../domain/account';
import type { AccountChanges, Live, NewAccount } from '../connector';

// Strict on what we use, tolerant of the rest: a field that may be missing is optional here and absent in the account.
const team = z.looseObject({ id: z.string().min(1), name: z.string().optional() });
export const memberSchema = z.looseObject({
  id: z.string().min(1),
  login: z.string().min(1),
  mail: z.string().nullish(),
  fullName: z.string().nullish(),
  state: z.string().optional(),
  teams: z.array(team).optional(),
});
export type Member = z.output<typeof memberSchema>;
export type Team = z.output<typeof team>;

const cursor = z.string().min(1).nullish();
export const membersSchema = z.looseObject({ members: z.array(memberSchema), next: cursor });
export const teamsSchema = z.looseObject({ teams: z.array(team), next: cursor });
export const leasesSchema = z.looseObject({
  leases: z.array(
    z.looseObject({ id: z.string().min(1), memberId: z.string(), secret: z.string(), since: z.string() }),
  ),
});
export type Lease = z.output<typeof leasesSchema>['leases'][number];

/** The vendor knows `open` and `closed`; a word that we do not know decides nothing. */
export function toAccount({ id, login, mail, fullName, state, teams }: Member): Account {
  return {
    id,
    username: login,
    ...((state === 'open' || state === 'closed') && { enabled: state === 'open' }),
    ...(state !== undefined && { vendorState: state }),
    ...(typeof mail === 'string' && { email: mail }),
    ...(typeof fullName === 'string' && { displayName: fullName }),
    ...(teams !== undefined && { grants: teams.map(toGrant) }),
  };
}

export function toEntitlement({ id, name }: Team): Entitlement {
  return { kind: 'team', id, ...(name !== undefined && { name }) };
}
export function toGrant(held: Team): Grant {
  return { entitlement: toEntitlement(held) };
}

export function toLive({ id, secret, since }: Lease): Live {
  return { id, kind: 'lease', since, detail: secret };
}

export type Fields = Readonly<Record<string, unknown>>;

/** Our words in the vendor's, for a new member and for a change alike; what is not given is left out. */
export function toFields(wanted: Partial<NewAccount> & AccountChanges): Fields {
  const { username, email, displayName, givenName, familyName, attributes } = wanted;
  const parts = [givenName, familyName].filter((part) => part !== undefined);
  const fullName = displayName ?? (parts.length > 0 ? parts.join(' ') : undefined);
  return {
    ...attributes,
    ...(username !== undefined && { login: username }),
    ...(email !== undefined && { mail: email }),
    ...(fullName !== undefined && { fullName }),
  };
}

export function differing(member: Member, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => member[name] !== value));
}
