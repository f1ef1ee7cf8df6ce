import type { Drain, Live } from '../connectors/connector';
import type { Account } from '../domain/account';
import type { Caller, TargetDesk } from './target-run';

export const drainNames = ['sessions', 'checkouts', 'credentials'] as const;
export type DrainName = (typeof drainNames)[number];

export interface LiveThing {
  readonly ability: DrainName;
  readonly drain: Drain;
  readonly account: Account;
  readonly live: Live;
}

/** Everything live for one account, of every kind that the target offers. */
export async function listLive(desk: TargetDesk, run: Caller, account: Account): Promise<readonly LiveThing[]> {
  const things: LiveThing[] = [];
  for (const ability of drainNames) {
    const drain = desk.connector[ability];
    if (drain === undefined) continue;
    for (const live of await drain.list(account, run.call)) things.push({ ability, drain, account, live });
  }
  return things;
}

/** What the target does not offer for draining, as named hand-overs: never "no sessions". */
export function handOversOf(desk: TargetDesk, abilities: readonly string[]): readonly string[] {
  const { unsupported } = desk.connector.abilities;
  return abilities
    .filter((ability) => unsupported[ability] !== undefined)
    .map((ability) => `${ability}: ${unsupported[ability] ?? ''}`);
}
