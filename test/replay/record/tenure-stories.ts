import type { HrEvent } from '../../../domain/event';
import type { FlowKind, Progress } from '../../../domain/flow';
import { peopleUpdate, type PeopleMessage } from '../../../workflows/messages';
import { hrEvent, seedPerson, type Rig } from '../../rig/tenure';
import type { Recorder } from './recorder';

export const suite = 'beyondtrust-scim';
export const identity = 'cyberark-identity-scim';
export const founder = seedPerson('founder', { groups: ['Operators', 'VPN', 'Admins'] });

const ann = 'ann@acme.test';
const approvers = { count: 1, allowed: [ann], minStrength: 'asserted' };
const account = { username: '{email}' };
const group = (name: string, more: object = {}) => ({ kind: 'group', name, ...more });

/** Who gets what: Platform on both systems, Sales on one, and leads what needs a person's word. */
export const tenurePolicy = {
  leaver: {
    retention: 'P30D',
    sessions: { poll: 'PT0.1S', quiet: 'PT0.2S', deadline: 'PT1H' },
    deletion: { mode: 'approval', targets: 'all', approvers },
  },
  access: {
    rules: [
      {
        id: 'platform',
        when: 'person.department == "Platform"',
        targets: [suite, identity],
        account,
        grants: [group('Operators')],
      },
      { id: 'sales', when: 'person.department == "Sales"', target: suite, account, grants: [group('VPN')] },
      {
        id: 'lead',
        when: 'has(person.title) && person.title == "Lead"',
        target: suite,
        account,
        grants: [group('Admins', { privileged: true })],
      },
    ],
  },
};

/** Stories of everything but leaving; each has a person of its own. */
export class TenureStories {
  constructor(
    private readonly rig: Rig,
    private readonly recorder: Recorder,
  ) {}

  /** All of them, side by side. */
  async tell(): Promise<void> {
    await Promise.all([
      this.joinsAndMoves(),
      this.asksAndTakesBack(),
      this.calledOffBeforeTheDay(),
      this.overtaken(),
      this.suspendedMovedResumed(),
      this.rehired(),
      this.undone(),
    ]);
  }

  private async joinsAndMoves(): Promise<void> {
    await this.join('wanda');
    await this.keep('joiner', 'complete', 'wanda');
    await this.changed('mover', await this.send('wanda', 'tenure.mover', { department: 'Sales' }));
    await this.keep('mover', 'complete', 'wanda');
  }

  private async asksAndTakesBack(): Promise<void> {
    const lead = await this.send('lea', 'tenure.joiner', { title: 'Lead' });
    const planHash = await this.asked('joiner', 'lea');
    await this.say('joiner', 'lea', 'decide', { approved: true, reason: 'she leads', planHash, approver: ann });
    await this.changed('joiner', lead);
    await this.keep('joiner', 'privileged-approved', 'lea');

    const unsigned = await this.send('una', 'tenure.joiner', { title: 'Lead' });
    await this.asked('joiner', 'una');
    await this.say('joiner', 'una', 'cancel', { reason: 'did not sign', by: ann });
    await this.changed('joiner', unsigned);
    await this.keep('joiner', 'taken-back', 'una');
  }

  private async calledOffBeforeTheDay(): Promise<void> {
    const joins = await this.send('cora', 'tenure.joiner', {}, { effectiveAt: '2099-01-01' });
    await this.until('joiner', 'cora', ({ state }) => state === 'scheduled', 'the wait for the first day');
    await this.say('joiner', 'cora', 'cancel', { reason: 'did not sign', by: ann });
    await this.changed('joiner', joins);
    await this.keep('joiner', 'cancelled-before-day', 'cora');
  }

  private async overtaken(): Promise<void> {
    const joins = await this.send('otto', 'tenure.joiner', { title: 'Lead' });
    await this.asked('joiner', 'otto');
    await this.send('otto', 'tenure.leaver', {}, { urgent: true });
    await this.changed('joiner', joins);
    await this.keep('joiner', 'overtaken-by-leaver', 'otto');
    await this.until('leaver', 'otto', ({ state }) => state === 'retained', 'the retention');
    await this.rig.leaver('otto').cancel();
    await this.keep('leaver', 'after-a-joiner-gave-way', 'otto');
  }

  private async suspendedMovedResumed(): Promise<void> {
    await this.join('gina');
    await this.changed('suspension', await this.send('gina', 'tenure.suspended'));
    await this.keep('suspension', 'complete', 'gina');
    const moves = await this.send('gina', 'tenure.mover', { department: 'Sales' });
    await this.rig.until(
      () => this.rig.answersTo(moves),
      (answers) => answers.includes('deferred'),
      'the move to be deferred',
    );
    await this.changed('restore', await this.send('gina', 'tenure.resumed'));
    await this.changed('mover', moves);
    await this.keep('restore', 'resumed', 'gina');
    await this.keep('mover', 'deferred-until-resumed', 'gina');
    await this.rig.idle('gina');
    await this.recorder.keep(this.rig, {
      workflow: 'person',
      story: 'joined-suspended-moved-resumed',
      workflowId: 'person:gina',
    });
  }

  private async rehired(): Promise<void> {
    await this.join('rita');
    await this.send('rita', 'tenure.leaver', {}, { urgent: true });
    await this.until('leaver', 'rita', ({ state }) => state === 'retained', 'the retention');
    await this.changed('joiner', await this.send('rita', 'tenure.rehire', { department: 'Sales' }));
    await this.keep('joiner', 'rehired', 'rita');
    await this.keep('leaver', 'rehired-in-retention', 'rita');
  }

  private async undone(): Promise<void> {
    const leaves = await this.send('founder', 'tenure.leaver', {}, { urgent: true });
    await this.until('leaver', 'founder', ({ state }) => state === 'retained', 'the retention');
    const undo = await this.send('founder', 'tenure.undo', {}, { reason: 'wrong one' }, { time: leaves.time });
    await this.changed('restore', undo);
    await this.keep('restore', 'undone', 'founder');
    await this.keep('leaver', 'undone', 'founder');
  }

  private async join(id: string): Promise<void> {
    await this.changed('joiner', await this.send(id, 'tenure.joiner'));
  }

  private async send(
    id: string,
    type: HrEvent['type'],
    attributes: object = {},
    data: Partial<HrEvent['data']> = {},
    envelope: Partial<HrEvent> = {},
  ): Promise<HrEvent> {
    const email = `${id}@acme.test`;
    const named = { id, username: email, email, givenName: 'New', familyName: id, displayName: `New ${id}` };
    const person = { ...named, department: 'Platform', title: 'SRE', timeZone: 'Europe/Oslo', ...attributes };
    const event = hrEvent(seedPerson(id), type, { person, ...data }, envelope);
    await this.rig.send(event);
    return event;
  }

  private async changed(kind: Exclude<FlowKind, 'leaver'>, event: HrEvent): Promise<void> {
    await this.rig.changed(kind, event);
  }

  private async until(kind: FlowKind, id: string, isSo: (seen: Progress) => boolean, what: string): Promise<Progress> {
    return await this.rig.until(() => this.rig.progress(id, kind), isSo, `${what} of ${id}`);
  }

  private async asked(kind: FlowKind, id: string): Promise<string> {
    const { approval } = await this.until(kind, id, (seen) => seen.approval !== undefined, 'the question');
    return approval?.planHash ?? '';
  }

  private async say(kind: FlowKind, id: string, name: PeopleMessage, input: unknown): Promise<void> {
    await this.rig.flow(kind, id).executeUpdate(peopleUpdate(name), { args: [input] });
  }

  private async keep(kind: FlowKind, story: string, id: string): Promise<void> {
    await this.recorder.keep(this.rig, { workflow: kind, story, workflowId: `${kind}:${id}` });
  }
}
