import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { HrEvent } from '../../domain/event';
import { flowKinds, type FlowKind } from '../../domain/flow';
import { flowWorkflowId, personWorkflowId } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';
import { expectedOf, lives, type Delivery } from './order-model';

const targets = ['beyondtrust-scim', 'delinea-scim'] as const;
const account = { username: '{email}' };
const policy = {
  leaver: {
    retention: 'P30D',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.1S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', approvers: { count: 2, minStrength: 'asserted' } },
  },
  access: {
    rules: [
      {
        id: 'platform',
        when: 'person.department == "Platform"',
        targets: 'all',
        account,
        grants: [{ kind: 'group', name: 'Operators' }],
      },
      {
        id: 'sales',
        when: 'person.department == "Sales"',
        target: 'beyondtrust-scim',
        account,
        grants: [{ kind: 'group', name: 'VPN' }],
      },
    ],
  },
};
const groupsOf: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Platform: { 'beyondtrust-scim': ['Operators'], 'delinea-scim': ['Operators'] },
  Sales: { 'beyondtrust-scim': ['VPN'] },
  Nowhere: {},
};

/**
 * In which states a flow may be found at the end. Somebody without any account, who leaves or is suspended: a person has to
 * look at the keys, until then it stands still.
 */
const restsIn: Readonly<Partial<Record<FlowKind, readonly string[]>>> = {
  leaver: ['retained', 'scheduled', 'blocked'],
  suspension: ['scheduled', 'blocked'],
  mover: ['scheduled'],
};

/** `TENURE_SEED` repeats a run; more `TENURE_PEOPLE` at once make it harder. */
const seed = Number(process.env['TENURE_SEED'] ?? 20_261_125);
const people = Number(process.env['TENURE_PEOPLE'] ?? 10);
const healing = ['throttled', 'server-error', 'error-after-commit', 'reply-lost', 'slow'] as const;

function eventsOf(id: string, deliveries: readonly Delivery[]): readonly HrEvent[] {
  const byName = new Map<string, HrEvent>();
  return deliveries.map(({ word, name, time }) => {
    const known = byName.get(name);
    if (known !== undefined) return known;
    const email = `${id}@acme.test`;
    const department = 'department' in word ? word.department : 'Unsaid';
    const person = {
      id,
      username: email,
      email,
      displayName: `Person ${id}`,
      familyName: id,
      givenName: 'P',
      department,
    };
    const isLater = 'later' in word && word.later;
    const leaving = isLater ? { effectiveAt: '2099-01-01' } : word.type === 'tenure.leaver' ? { urgent: true } : {};
    const event = hrEvent(
      seedPerson(id),
      word.type,
      { person, ...leaving },
      { id: `${id}-${name}`, time: new Date(Date.UTC(2026, 0, 1) + time * 60_000).toISOString() },
    );
    byName.set(name, event);
    return event;
  });
}

describe(`order under fire (TENURE_SEED=${seed})`, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [...targets], people: [seedPerson('other')], config: { policy } });
    for (const [index, type] of targets.entries())
      rig.standIn(type).faults.chaos({ seed: seed + index, rate: 0.02, kinds: healing, milliseconds: 50 });
  });
  afterAll(async () => rig.stop(), 180_000);

  /** Nothing moves any more: events are all answered for, and no flow but a leaver at rest is open. */
  async function settled(id: string, events: readonly HrEvent[]): Promise<void> {
    let still = 0;
    await rig.until(
      async () => {
        const answered = new Set<string>();
        for await (const { data, workflowId } of rig.store.evidence.entries({ personId: id }))
          if (workflowId.startsWith('person:'))
            answered.add((data as { event?: { id: string } } | undefined)?.event?.id ?? '');
        const missing = events.filter((event) => !answered.has(event.id)).map((event) => event.id);
        const running = await openFlows(id);
        const open = [personWorkflowId(id), ...running.map((kind) => flowWorkflowId(kind, id))];
        const atWork = (await Promise.all(open.map(worksAt))).includes(true);
        const states: Partial<Record<FlowKind, string>> = {};
        for (const kind of running) states[kind] = (await rig.progress(id, kind)).state;
        const isStill =
          missing.length === 0 &&
          !atWork &&
          running.every((kind) => restsIn[kind]?.includes(states[kind] ?? '') === true);
        still = isStill ? still + 1 : 0;
        return { missing, atWork, states, still };
      },
      // A leaver that found nobody may still have to hear that a joiner has stopped, and look once more.
      (seen) => seen.still >= (Object.values(seen.states).includes('blocked') ? 80 : 6),
      `${id} to settle`,
      120_000,
    );
  }

  /** Something is still to be done or to return: a workflow task or an activity. */
  async function worksAt(workflowId: string): Promise<boolean> {
    const { raw } = await rig.client.workflow.getHandle(workflowId).describe();
    return raw.pendingWorkflowTask != null || (raw.pendingActivities ?? []).length > 0;
  }

  /** How it came to that, a line for each piece of evidence. */
  async function storyOf(id: string): Promise<readonly string[]> {
    const lines: string[] = [];
    for await (const { at, workflowId, kind, step, target, outcome, detail } of rig.store.evidence.entries({
      personId: id,
    }))
      lines.push([at, workflowId, kind, step, target, outcome, detail].filter((one) => one !== undefined).join(' '));
    return lines;
  }

  /** The names of the words that ended a leaver before anything was done, as its evidence says. */
  async function calledOff(id: string): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for await (const { workflowId, outcome, detail } of rig.store.evidence.entries({ personId: id })) {
      const [, name] = /^ended by HR event \S+-(w\d+): /.exec(detail ?? '') ?? [];
      if (workflowId === `leaver:${id}` && outcome === 'cancelled' && name !== undefined) names.add(name);
    }
    return names;
  }

  async function openFlows(id: string): Promise<readonly FlowKind[]> {
    const open = await Promise.all(
      flowKinds.map(async (kind) => {
        const status = await rig
          .flow(kind, id)
          .describe()
          .then(
            (one) => one.status.name,
            () => 'NONE',
          );
        return status === 'RUNNING' ? [kind] : [];
      }),
    );
    return open.flat();
  }

  async function terminateOne(id: string, afterMs: number | undefined): Promise<void> {
    if (afterMs === undefined) return;
    await wait(afterMs);
    const [kind] = await openFlows(id);
    // It may end by itself in this moment.
    if (kind !== undefined)
      await rig
        .flow(kind, id)
        .terminate('by chance')
        .catch(() => undefined);
  }

  test('whatever HR says in whatever order, each ends as a small model says', async () => {
    const drawn = fc.sample(lives, { numRuns: people, seed });
    await Promise.all(
      drawn.map(async (deliveries, index) => {
        const id = `u${index}`;
        const events = eventsOf(id, deliveries);
        for (const [at, event] of events.entries()) {
          await rig.send(event);
          await wait(deliveries[at]?.gapMs ?? 0);
          await terminateOne(id, deliveries[at]?.terminatedAfterMs);
        }
        await settled(id, events);
      }),
    );
    const inTime = await Promise.all(drawn.map(async (_, index) => await calledOff(`u${index}`)));
    const seen = drawn.map((deliveries, index) => {
      const id = `u${index}`;
      const { status, department } = expectedOf(deliveries, inTime[index] ?? new Set());
      const said = deliveries.map(({ word, name }) => `${name} ${JSON.stringify(word)}`);
      return targets.map((target) => {
        const found = rig.standIn(target).account(`${id}@acme.test`);
        const wanted = groupsOf[department]?.[target];
        const enabled = status === 'active' && wanted !== undefined;
        return {
          about: { id, target, status, department, said },
          is: {
            enabled: found?.enabled ?? false,
            deleted: found?.deleted ?? false,
            groups: enabled ? found?.groups : [],
          },
          shouldBe: { enabled, deleted: false, groups: enabled ? wanted : [] },
        };
      });
    });
    const wrong = seen.flat().filter(({ is, shouldBe }) => JSON.stringify(is) !== JSON.stringify(shouldBe));
    const told = await Promise.all(wrong.map(async ({ about }) => await storyOf(about.id)));
    expect(wrong.map((one, index) => ({ ...one, evidence: told[index] }))).toEqual([]);
  }, 240_000);

  test('the door is never shut: nobody’s events are left in it', async () => {
    for (let index = 0; index < people; index += 1) {
      const door = rig.client.workflow.getHandle(personWorkflowId(`u${index}`));
      const { status } = await door.describe();
      expect(['RUNNING', 'COMPLETED']).toContain(status.name);
    }
  });
});
