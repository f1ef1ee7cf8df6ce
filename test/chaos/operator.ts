import type { Progress } from '../../domain/flow';
import { peopleUpdate } from '../../workflows/messages';
import type { Scene } from './scene';

export type Wish = 'delete' | 'keep' | 'say nothing';

/** A person at the console: answers removal plans as wished, and resolves what is parked with retry. */
export class Operator {
  /** What was parked and resolved, in the flow's own words: one for each time. */
  readonly resolved = new Set<string>();

  constructor(private readonly scene: Scene) {}

  /** Looks at one leaver and does what there is to do; how it stood. */
  async attend(personId: string, wish: Wish): Promise<Progress | undefined> {
    const progress = await this.scene.progress(personId);
    for (const target of progress?.targets ?? []) {
      const parked = target.steps.find((step) => step.outcome === 'parked');
      if (parked === undefined) continue;
      const which = `${personId} on ${target.id}: ${parked.name} at ${parked.at ?? '?'}: ${parked.detail ?? ''}`;
      // Said once is enough: a second word would cut off what the first one began.
      if (this.resolved.has(which)) continue;
      const said = await this.send(personId, 'resolve', {
        target: target.id,
        step: parked.name,
        action: 'retry',
        reason: 'looked at',
        by: 'ann@acme.test',
      });
      if (said) this.resolved.add(which);
    }
    for (const { planHash, decisions } of progress?.approvals ?? []) {
      if (wish === 'say nothing' || decisions.length > 0) continue;
      await this.send(personId, 'decide', {
        approved: wish === 'delete',
        reason: 'as agreed',
        planHash,
        approver: 'ann@acme.test',
      });
    }
    return progress;
  }

  /** Stops all deletion of one leaver. */
  async stopDeletion(personId: string): Promise<void> {
    await this.send(personId, 'cancel', { reason: 'nobody answered', by: 'ann@acme.test' });
  }

  /** False: it did not get through, or was refused because the flow had moved on; the next look shows. */
  private async send(personId: string, name: 'resolve' | 'decide' | 'cancel', input: unknown): Promise<boolean> {
    try {
      await this.scene.leaver(personId).executeUpdate(peopleUpdate(name), { args: [input] });
      return true;
    } catch {
      return false;
    }
  }
}
