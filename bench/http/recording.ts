import type { temporal } from '@temporalio/proto';
import type { Stage } from '../stage';
import { leaverEvent, peopleOf } from '../company';
import { flowWorkflowId } from '../../workflows/messages';
import { leaverEnded, sendEvent } from '../leaver';
import { startRelay, type Exchange, type Relay } from './relay';

export const containmentSteps = ['disableAccounts', 'stripEntitlements', 'drainSessions'] as const;
export type ContainmentStep = (typeof containmentSteps)[number];

/** What one leaver sent to one target: by step, and within a step by attempt (each poll is one). */
export interface TargetRecording {
  readonly target: string;
  readonly signOns: number;
  readonly steps: Readonly<Record<ContainmentStep, readonly (readonly Exchange[])[]>>;
}

export interface Recording {
  /** The word that tells this person from any other. */
  readonly person: string;
  readonly targets: readonly TargetRecording[];
}

/** Runs one leaver with a relay before each system and sorts what passed by the steps of its history. */
export async function record(stage: Stage): Promise<Recording> {
  const [person] = peopleOf('r', 1);
  if (person === undefined) throw new Error('nobody to record');
  stage.vendors.seed([person]);
  const tap = new Tap();
  try {
    await tap.open(stage);
    await stage.startWorkers({ detour: (target, url) => tap.detour(target, url) });
    await sendEvent(stage, leaverEvent(person));
    await leaverEnded(stage, person.id);
    const handle = stage.client.workflow.getHandle(flowWorkflowId('leaver', person.id));
    const ends = stepEnds(await handle.fetchHistory());
    await stage.stopWorkers();
    const targets = [...stage.vendors.standIns.keys()].map((id) => sortBySteps(id, tap.of(id), ends));
    return { person: person.id, targets };
  } finally {
    await tap.close();
  }
}

/** The relays: two before Delinea REST, whose groups are changed through the tenant's other surface. */
class Tap {
  readonly #relays = new Map<string, Relay>();
  readonly #seen = new Map<string, Exchange[]>();

  async open({ vendors }: Stage): Promise<void> {
    for (const [target, standIn] of vendors.standIns) await this.add(target, standIn.baseUrl);
    await this.add('delinea-rest', vendors.delineaScim.baseUrl);
  }

  private async add(target: string, url: string): Promise<void> {
    const { origin } = new URL(url);
    const seen = this.#seen.get(target) ?? [];
    this.#seen.set(target, seen);
    this.#relays.set(origin, await startRelay(origin, (exchange) => seen.push(exchange)));
  }

  detour(_target: string, url: string): string {
    const { origin } = new URL(url);
    return url.replace(origin, this.#relays.get(origin)?.origin ?? origin);
  }

  of(target: string): readonly Exchange[] {
    return [...(this.#seen.get(target) ?? [])].sort((one, other) => one.at - other.at);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#relays.values()].map((relay) => relay.stop()));
  }
}

type Ends = ReadonlyMap<string, number>;

/** When each step of each target had returned, as `target/step`, in milliseconds. */
function stepEnds({ events }: temporal.api.history.v1.IHistory): Ends {
  const scheduled = new Map<string, string>();
  const ends = new Map<string, number>();
  for (const { eventId, eventTime, ...event } of events ?? []) {
    const { activityTaskScheduledEventAttributes: begun, activityTaskCompletedEventAttributes: done } = event;
    if (begun)
      scheduled.set(
        String(eventId),
        `${(begun.taskQueue?.name ?? '').replace(/^tenure-target-/, '')}/${begun.activityType?.name ?? ''}`,
      );
    const ended = done && scheduled.get(String(done.scheduledEventId));
    if (ended) ends.set(ended, Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6);
  }
  return ends;
}

/** The steps of one target run one after the other, and each request is sent before its step returns. */
export function sortBySteps(target: string, exchanges: readonly Exchange[], ends: Ends): TargetRecording {
  const steps: Record<ContainmentStep, Exchange[]> = { disableAccounts: [], stripEntitlements: [], drainSessions: [] };
  let signOns = 0;
  for (const exchange of exchanges) {
    if (isSignOn(exchange)) signOns += 1;
    else {
      const step = containmentSteps.find((name) => exchange.at <= (ends.get(`${target}/${name}`) ?? 0));
      if (step === undefined) throw new Error(`${target}: ${exchange.method} ${exchange.path} belongs to no step`);
      steps[step].push(exchange);
    }
  }
  return {
    target,
    signOns,
    steps: {
      disableAccounts: [steps.disableAccounts],
      stripEntitlements: [steps.stripEntitlements],
      drainSessions: splitByPoll(steps.drainSessions),
    },
  };
}

export function isSignOn({ path }: Pick<Exchange, 'path'>): boolean {
  return /\/(token|platformtoken|xpmplatform|logon|logoff)\/?$/i.test(path.split('?', 1)[0] ?? '');
}

/** Every poll begins with the same question. */
export function splitByPoll(exchanges: readonly Exchange[]): readonly (readonly Exchange[])[] {
  const [first] = exchanges;
  const polls: Exchange[][] = [];
  for (const exchange of exchanges) {
    if (exchange.method === first?.method && exchange.path === first.path) polls.push([]);
    polls.at(-1)?.push(exchange);
  }
  return polls.length === 0 ? [[]] : polls;
}
