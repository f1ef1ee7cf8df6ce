import type { HrEvent } from '../../../domain/event';
import type { Progress } from '../../../domain/flow';
import { peopleUpdate, personWorkflowId, type PeopleMessage } from '../../../workflows/messages';
import { hrEvent, seedPerson, type Rig } from '../../rig/tenure';
import type { Recorder } from './recorder';

export const vault = 'cyberark-privilege-cloud';
export const appliance = 'beyondtrust-rest';

/** Everybody of the recorded stories, named after theirs. */
export const cast = [
  'contained',
  'cancelled',
  'moved',
  'late',
  'parked',
  'skipped',
  'approved',
  'rejected',
  'withdrawn',
  'lawheld',
  'expired',
  'twice',
  'longlived',
  'terminated',
  'asked',
].map((id) => seedPerson(id));

const sessions = { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' };
const approvers = { count: 2, allowed: ['ann@acme.test', 'ben@acme.test'], minStrength: 'asserted' };

/** The policies under which the stories happen. */
export const policies = {
  keep: { leaver: { retention: 'PT0S', sessions, deletion: { mode: 'never', approvers } } },
  ask: {
    leaver: {
      retention: 'PT0.5S',
      sessions,
      deletion: { mode: 'approval', targets: [appliance], window: 'P7D', approvers },
    },
  },
  askBriefly: {
    leaver: {
      retention: 'PT0S',
      sessions,
      deletion: { mode: 'approval', targets: [appliance], window: 'PT1S', approvers },
    },
  },
} as const;

/** What the stories are told with: a rig, and somebody who keeps their histories. */
export class Stage {
  constructor(
    readonly rig: Rig,
    private readonly recorder: Recorder,
  ) {}

  async send(id: string, type: HrEvent['type'], data: Partial<HrEvent['data']> = {}): Promise<HrEvent> {
    const person = cast.find((one) => one.id === id);
    if (person === undefined) throw new Error(`nobody is called ${id}`);
    const event = hrEvent(person, type, data);
    await this.rig.send(event);
    return event;
  }

  async leaveNow(id: string): Promise<HrEvent> {
    return await this.send(id, 'tenure.leaver', { urgent: true });
  }

  async say(id: string, name: PeopleMessage, input: unknown): Promise<void> {
    await this.rig.leaver(id).executeUpdate(peopleUpdate(name), { args: [input] });
  }

  async until(id: string, isSo: (seen: Progress) => boolean, what: string): Promise<Progress> {
    return await this.rig.untilProgress(id, isSo, what);
  }

  /** The hash of the plan that is asked for. */
  async asked(id: string): Promise<string> {
    const seen = await this.until(id, ({ approval }) => approval !== undefined, 'the removal plan');
    return seen.approval?.planHash ?? '';
  }

  async keepLeaver(story: string, id: string): Promise<void> {
    await this.rig.ended(id);
    await this.recorder.keep(this.rig, { workflow: 'leaver', story, workflowId: `leaver:${id}` });
  }

  async keepPerson(story: string, id: string, runId?: string): Promise<void> {
    const workflowId = personWorkflowId(id);
    const run = runId === undefined ? {} : { runId };
    await this.recorder.keep(this.rig, { workflow: 'person', story, workflowId, ...run });
  }

  /** Runs a small workflow, as the command does, and keeps it. */
  async ask(workflow: string, story: string, input: object): Promise<void> {
    const workflowId = `${workflow}:${story}`;
    await this.rig.client.workflow.execute(workflow, { workflowId, taskQueue: 'tenure', args: [input] });
    await this.recorder.keep(this.rig, { workflow, story, workflowId });
  }

  /** From now on with another policy. */
  async under(policy: keyof typeof policies): Promise<void> {
    await this.rig.stopWorkers();
    await this.rig.configure({ config: { policy: policies[policy] } });
    await this.rig.startWorkers();
  }
}
