import type { temporal } from '@temporalio/proto';
import type { HrEvent } from '../../domain/event';
import type { FlowKind } from '../../domain/flow';
import type { SeedPerson } from '../../sandbox';
import { flowWorkflowId } from '../../workflows/messages';
import { platform } from '../access-policy';
import { joinerEvent, leaverEvent, peopleOf } from '../company';
import { flowEnded, sendEvent } from '../flow';
import type { Stage, Wish } from '../stage';
import { startRelay, type Exchange, type Relay } from './relay';

export const containmentSteps = ['disableAccounts', 'stripEntitlements', 'drainSessions'] as const;
export type ContainmentStep = (typeof containmentSteps)[number];
export const joinerSteps = ['provisionAccounts', 'grantEntitlements'] as const;
export type JoinerStep = (typeof joinerSteps)[number];

/** What one flow sent to one target: by step, and within a step by attempt (each poll is one). */
export interface TargetRecording<S extends string = ContainmentStep> {
  readonly target: string;
  readonly signOns: number;
  readonly steps: Readonly<Record<S, readonly (readonly Exchange[])[]>>;
}

export interface Recording<S extends string = ContainmentStep> {
  /** The word that tells this person from any other. */
  readonly person: string;
  readonly targets: readonly TargetRecording<S>[];
}

export async function recordLeaver(stage: Stage): Promise<Recording> {
  const person = oneOf('r');
  stage.vendors.seed([person]);
  return await record(stage, { person, kind: 'leaver', event: leaverEvent(person), steps: containmentSteps });
}

/** A joiner whom policy gives something on every target; what it gives must be there. */
export async function recordJoiner(stage: Stage): Promise<Recording<JoinerStep>> {
  const person = oneOf('n');
  const event = joinerEvent(person, platform);
  return await record(stage, { person, kind: 'joiner', event, steps: joinerSteps, wish: { access: true } });
}

function oneOf(round: string): SeedPerson {
  const [person] = peopleOf(round, 1);
  if (person === undefined) throw new Error('nobody to record');
  return person;
}

interface ToRecord<S extends string> {
  readonly person: SeedPerson;
  readonly kind: FlowKind;
  readonly event: HrEvent;
  readonly steps: readonly S[];
  readonly wish?: Wish;
}

/** Runs one flow with a relay before each system and sorts what passed by the steps of its history. */
async function record<S extends string>(
  stage: Stage,
  { person, kind, event, steps, wish = {} }: ToRecord<S>,
): Promise<Recording<S>> {
  const tap = new Tap();
  try {
    await tap.open(stage);
    await stage.startWorkers({ ...wish, detour: (target, url) => tap.detour(target, url) });
    await sendEvent(stage, event);
    await flowEnded(stage, kind, person.id);
    const handle = stage.client.workflow.getHandle(flowWorkflowId(kind, person.id));
    const ends = stepEnds(await handle.fetchHistory());
    await stage.stopWorkers();
    const targets = [...stage.vendors.standIns.keys()].map((id) => sortBySteps(id, tap.of(id), ends, steps));
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
export function sortBySteps<S extends string>(
  target: string,
  exchanges: readonly Exchange[],
  ends: Ends,
  names: readonly S[],
): TargetRecording<S> {
  const isWork = (exchange: Exchange) => !isSignOn(exchange);
  const stepOf = ({ at, method, path }: Exchange): S => {
    const step = names.find((name) => at <= (ends.get(`${target}/${name}`) ?? 0));
    if (step === undefined) throw new Error(`${target}: ${method} ${path} belongs to no step`);
    return step;
  };
  const work = exchanges.filter(isWork).map((exchange) => ({ step: stepOf(exchange), exchange }));
  const sent = (name: S) => work.filter(({ step }) => step === name).map(({ exchange }) => exchange);
  const attempts = (name: S) => (name === 'drainSessions' ? splitByPoll(sent(name)) : [sent(name)]);
  return {
    target,
    signOns: exchanges.length - work.length,
    steps: Object.fromEntries(names.map((name) => [name, attempts(name)])) as TargetRecording<S>['steps'],
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
