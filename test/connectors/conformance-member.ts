import type { Connector } from '../../connectors/connector';
import { Unobservable } from '../../connectors/errors';
import type { Account, Entitlement } from '../../domain/account';
import { anna, crowd, failureOf, neighbour, type Bench, type Suite } from './conformance';
import { recordedCall } from './stand-in-target';

/** Who holds a group or role: what tells the last administrator. */
export function describeMembers({ bench, expects }: Suite): void {
  const kinds = expects.members ?? expects.grants;

  test('says whose holders it tells', async () => {
    const { connector } = await bench();
    expect([...(connector.members?.kinds ?? [])].sort()).toEqual([...kinds].sort());
  });

  test('names all who hold a grant, over all pages, and nobody else', async () => {
    const people = [neighbour, ...crowd(130), anna];
    const { connector, standIn, account, revocable } = await bench({ people });
    const held = (await revocable(await account())).filter(({ entitlement }) => kinds.includes(entitlement.kind));
    expect(held.length).toBeGreaterThan(0);
    for (const { entitlement } of held) {
      const holders = await holdersOf(connector, entitlement);
      const isHeld = ({ groups, roles }: (typeof people)[number] | ReturnType<typeof standIn.accounts>[number]) =>
        [...groups, ...(roles ?? [])].includes(entitlement.name ?? entitlement.id);
      const wanted = standIn.accounts().filter((one) => isHeld(one) && one.enabled);
      expect(names(holders)).toEqual(wanted.map(({ username }) => username.toLowerCase()).sort());
      expect(names(holders)).toContain(neighbour.username);
      expect(holders.every(({ enabled }) => enabled === true)).toBe(true);
    }
  });

  test('a disabled holder is not one of them', async () => {
    const { connector, call, account, entitlement } = await first();
    await connector.setAccountEnabled(await account(neighbour.username), false, call);
    expect(names(await holdersOf(connector, entitlement))).not.toContain(neighbour.username);
  });

  test('a state that is not shown is unknown, never enabled', async () => {
    const { connector, fail, entitlement } = await first();
    fail('missing-field', { field: expects.enabledField, times: 200 });
    const holders = await holdersOf(connector, entitlement);
    expect(names(holders)).toContain(neighbour.username);
    expect(holders.every(({ enabled }) => enabled === undefined)).toBe(true);
  });

  test('holders that are not shown are unknown, never nobody', async () => {
    const { connector, fail, entitlement } = await first();
    fail('missing-field', { ...expects.holderField, times: 200 });
    const error = await failureOf(holdersOf(connector, entitlement));
    // Where the list itself is what the answer lacks, it is no valid answer.
    expect([Unobservable.name, 'VendorAnswerInvalid']).toContain(error.name);
  });

  test('whoever has seen one asks no more', async () => {
    const { connector, standIn, entitlement } = await first({ people: [neighbour, anna, ...crowd(230)] });
    const sent = standIn.requests.length;
    for await (const holder of connector.members?.of(entitlement, recordedCall()) ?? []) {
      expect(holder.enabled).toBe(true);
      break;
    }
    const short = standIn.requests.length - sent;
    await holdersOf(connector, entitlement);
    expect(short).toBeLessThanOrEqual(standIn.requests.length - sent - short);
  });

  async function first(options: Parameters<Suite['bench']>[0] = {}): Promise<Bench & { entitlement: Entitlement }> {
    const opened = await bench(options);
    const held = await opened.revocable(await opened.account());
    const entitlement = held.find((grant) => grant.entitlement.kind === expects.grants[0])?.entitlement;
    if (entitlement === undefined) throw new Error(`Anna holds no ${String(expects.grants[0])}`);
    return { ...opened, entitlement };
  }
}

async function holdersOf({ members }: Connector, entitlement: Entitlement): Promise<readonly Account[]> {
  const holders: Account[] = [];
  for await (const holder of members?.of(entitlement, recordedCall()) ?? []) holders.push(holder);
  return holders;
}

function names(accounts: readonly Account[]): readonly string[] {
  return accounts.map(({ username }) => username.toLowerCase()).sort();
}
