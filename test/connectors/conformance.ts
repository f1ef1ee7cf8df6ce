import type { Connector, PageToken } from '../../connectors/connector';
import { openConnector } from '../../connectors/registry';
import type { Account, Grant } from '../../domain/account';
import type { CorrelationKeys } from '../../domain/correlation';
import type { Fault, SeedPerson, StandIn, StandInOptions } from '../../sandbox/core';
import { describeCreation } from './conformance-create';
import { describeFaults } from './conformance-fault';
import { describeMembers } from './conformance-member';
import { describeManners } from './conformance-manner';
import { describeSteps } from './conformance-step';
import { recordedCall, targetAt, type RecordedCall } from './stand-in-target';

/** What a vendor's test file says; everything else is the same promise for all. */
export interface Conformance {
  readonly type: string;
  /** A fresh stand-in for each test. */
  readonly start: (options: StandInOptions) => Promise<StandIn>;
  /** Fields of the target's configuration besides type, address and auth; called for every target. */
  readonly target?: (standIn: StandIn) => Readonly<Record<string, unknown>>;
  readonly expects: Expectations;
}

export interface Expectations {
  /** Every request that may ever be made, as `METHOD /path` below the API root; `{}` is one segment. */
  readonly verbs: readonly string[];
  /** Kinds of grants that the seeded person holds and that can be taken away. */
  readonly grants: readonly string[];
  readonly deletion: 'permanent' | 'disables';
  /** Which live things can be drained; the other ones must be named as unsupported. */
  readonly drains: readonly ('sessions' | 'checkouts' | 'credentials')[];
  /** How the vendor's objects spell "enabled", for the fault that leaves it out. */
  readonly enabledField: string;
  /** Where the groups of an account come from, for the fault that leaves them out; several where there is a fallback. */
  readonly membershipFields: readonly Pick<Fault, 'field' | 'path'>[];
  /** Where the holders of the first of `grants` are told, for the fault that leaves it out. */
  readonly holderField: Pick<Fault, 'field' | 'path'>;
  /** Kinds whose holders are told, where these are not all of `grants`. */
  readonly members?: readonly string[];
  /** An id that looks right and that nobody has. */
  readonly unknownId: string;
  /** Tokens for fifty parallel callers: 0 where the token is static. */
  readonly tokens: 0 | 1;
  /** Most requests for one account, tokens aside: find by one user name, disable, strip two groups. */
  readonly requests: { readonly find: number; readonly disable: number; readonly strip: number };
  /** Starts a stand-in on which `group` cannot be left, and what revoking it must say. */
  readonly unleavable?: {
    readonly start: (options: StandInOptions) => Promise<StandIn>;
    readonly group: string;
    readonly change: 'refused' | 'owned-by-directory';
  };
  /** The vendor answers a removal of what is not there like any other, so that `already` cannot be told from `done`. */
  readonly blindRemoval?: true;
  /** Memberships are changed on another surface of the same system, which has a suite of its own. */
  readonly groupsBeside?: true;
  /** `none` where the vendor has no filter that could be ignored. */
  readonly filter?: 'none';
  /** The listing comes in pages; `none` where it comes at once. */
  readonly paging?: 'none';
}

export const anna: SeedPerson = {
  ...{ id: 'e1042', username: 'anna.eriksen@acme.test', email: 'anna.eriksen@acme.test' },
  ...{ givenName: 'Anna', familyName: 'Eriksen', displayName: 'Anna Eriksen' },
  ...{ extraUsernames: ['anna-adm'], groups: ['Vault Admins', 'Operators'], roles: ['Auditor'], sessions: 2 },
};
/** A name that contains Anna's, in the same groups: whoever trusts a filter or empties a group hits them. */
export const neighbour: SeedPerson = {
  ...{ id: 'e10420', username: 'joanna.eriksen@acme.test.example', email: 'joanna@acme.test.example' },
  ...{ displayName: 'Joanna Eriksen', groups: ['Vault Admins', 'Operators'], roles: ['Auditor'], sessions: 1 },
};

/** More people than one page of any vendor holds; they come first, so that Anna is on the last page. */
export function crowd(count: number): readonly SeedPerson[] {
  return Array.from({ length: count }, (_, index) => {
    const username = `p${String(index).padStart(4, '0')}@acme.test`;
    return { id: `e-${username}`, username, email: username, displayName: username, groups: [], sessions: 0 };
  });
}

export const keysFor = (...username: readonly string[]): CorrelationKeys => ({ externalId: [], username, email: [] });

/** One stand-in, the connector opened on it as production opens it, and a call that remembers. */
export interface Bench {
  readonly standIn: StandIn;
  readonly connector: Connector;
  readonly call: RecordedCall;
  account(username?: string): Promise<Account>;
  /** How the vendor itself has the account. */
  truth(username?: string): NonNullable<ReturnType<StandIn['account']>>;
  fail(kind: Fault['kind'], more?: Partial<Fault>): void;
  revocable(account: Account): Promise<readonly Grant[]>;
  /** Requests so far, tokens aside. */
  readonly asked: number;
}

export interface Suite extends Conformance {
  bench(options?: BenchOptions): Promise<Bench>;
}
export interface BenchOptions extends StandInOptions {
  readonly target?: (standIn: StandIn) => Readonly<Record<string, unknown>>;
  readonly start?: Conformance['start'];
}

/** Runs the promises that every connector keeps, over real HTTP, with the faults that vendors have. */
export function describeConformance(conformance: Conformance): void {
  const running: StandIn[] = [];
  const suite: Suite = {
    ...conformance,
    async bench({ target, start = conformance.start, ...options } = {}) {
      const standIn = await start({ people: [neighbour, anna], ...options });
      running.push(standIn);
      return benchAt(conformance, standIn, target);
    },
  };
  describe(`${conformance.type} keeps the connector's promises`, () => {
    afterEach(async () => {
      const requests = running.flatMap(({ requests: all }) => all);
      await Promise.all(running.splice(0).map((standIn) => standIn.stop()));
      const strays = requests.filter((request) => !isListed(conformance.expects.verbs, request));
      expect([...new Set(strays.map(({ method, path }) => `${method} ${path}`))]).toEqual([]);
    });
    describeSteps(suite);
    describeCreation(suite);
    describeMembers(suite);
    describeFaults(suite);
    describeManners(suite);
  });
}

function benchAt({ expects, target: common }: Conformance, standIn: StandIn, target: BenchOptions['target']): Bench {
  const connector = openConnector(targetAt(standIn, { ...common?.(standIn), ...target?.(standIn) }));
  const call = recordedCall();
  return {
    ...{ standIn, connector, call },
    async account(username = anna.username) {
      const { found } = await connector.findAccounts(keysFor(username), call);
      expect(found).toHaveLength(1);
      return (found[0] as (typeof found)[number]).account;
    },
    truth(username = anna.username) {
      const account = standIn.account(username);
      if (account === undefined) throw new Error(`the stand-in never knew ${username}`);
      return account;
    },
    fail: (kind, more = {}) => standIn.faults.add({ kind, ...more }),
    async revocable(account) {
      const grants = await connector.listGrants(account, call);
      return grants.filter(
        ({ entitlement, ownedByDirectory }) =>
          expects.grants.includes(entitlement.kind) && ownedByDirectory === undefined,
      );
    },
    get asked() {
      return call.exchanges.filter(({ operation }) => operation !== 'token').length;
    },
  };
}

/** Requests outside of the API root are log-ons and tokens; those have a test of their own. */
function isListed(verbs: readonly string[], { method, path }: { readonly method: string; readonly path: string }) {
  if (/token|\/auth\/|logon/i.test(path)) return true;
  return verbs.some((verb) => {
    const pattern = verb.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll('{}', '[^/]+');
    return new RegExp(`^${pattern}/?$`, 'i').test(`${method} ${path}`);
  });
}

export async function everyPage<T>(
  list: (after: PageToken | undefined) => Promise<{ readonly items: readonly T[]; readonly next?: PageToken }>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let after: PageToken | undefined;
  do {
    const page = await list(after);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

/** The error that `work` ends with; fails the test when it ends well. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const ended = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in ended) return ended.error as Error;
  throw new Error(`expected a failure, got ${JSON.stringify(ended.value)}`);
}
