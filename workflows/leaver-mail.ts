import type { Sender } from '../domain/approval';
import { refusalOf } from '../domain/approval';
import type { LeaverFlow } from './leaver-flow';
import type { MessageByName } from './guards';
import type { Letter, MailReader } from './mail';
import {
  operatorSignal,
  personWorkflowId,
  type Decide,
  type PeopleMessage,
  type Release,
  type Reschedule,
  type Resolve,
} from './messages';
import { core } from './proxies';
import { getExternalWorkflowHandle } from '@temporalio/workflow';

/** What a leaver does with people's messages: who sent it is established first, then it takes effect and is evidenced. */
export class LeaverMail implements MailReader {
  constructor(private readonly flow: LeaverFlow) {}

  objection(name: PeopleMessage, message: MessageByName[PeopleMessage]): string | undefined {
    const { case: flow } = this.flow;
    if (flow.outcome !== undefined) return 'this leaver has ended';
    if (name === 'decide') return this.objectionToDecision(message as Decide);
    if (name === 'resolve') return this.objectionToResolve(message as Resolve);
    if (name === 'reschedule' && flow.containmentBegan) return 'access has ended already: it comes back by undo alone';
    if (name === 'release' && flow.held === undefined) return 'this leaver is not held';
    return undefined;
  }

  private objectionToDecision({ planHash }: Decide): string | undefined {
    const open = this.flow.case.openRounds;
    if (open.length === 0) return 'no removal plan is open';
    if (planHash !== undefined && !open.some((round) => round.planHash === planHash)) {
      return 'planHash is not that of an open plan: the plan changed or was decided; copy it from the details again';
    }
    return undefined;
  }

  private objectionToResolve({ target }: Resolve): string | undefined {
    const known = this.flow.case.tracks.map((track) => track.id);
    return known.includes(target)
      ? undefined
      : `target must be one of ${known.join(', ') || '(containment has not begun)'}`;
  }

  unusable(name: PeopleMessage, problems: readonly string[]): void {
    const { case: flow } = this.flow;
    const detail = problems.join('; ').slice(0, 500);
    flow.remark(`A signal \`${name}\` could not be used: ${detail}`);
    this.flow.note([flow.draft({ kind: 'message', step: name, outcome: 'unusable', detail })]);
    this.flow.changed();
  }

  async read(letter: Letter): Promise<void> {
    const sender = await this.establish(letter);
    const detail = await this.act(letter, sender);
    const { case: flow } = this.flow;
    flow.remark(`${letter.name} by ${sender.name || 'nobody named'} (${sender.strength}): ${detail}`);
    this.flow.note([
      flow.draft({
        kind: letter.name === 'decide' ? 'decision' : 'message',
        step: letter.name,
        outcome: letter.name === 'decide' ? (letter.message.approved ? 'approved' : 'rejected') : 'applied',
        actor: { name: sender.name, strength: sender.strength, source: sender.source },
        detail: `${detail}. Reason: ${letter.message.reason}`,
        ...(letter.name === 'decide' ? { data: { counted: detail === 'counts' } } : {}),
        ...(letter.name === 'decide' && letter.message.planHash !== undefined
          ? { planHash: letter.message.planHash }
          : {}),
      }),
    ]);
    this.flow.book.chapter();
    this.flow.changed();
  }

  private async establish({ name, via, message }: Letter): Promise<Sender> {
    const { approver, by, token, planHash } = message as Partial<Decide> & { readonly by?: string };
    const claimed = approver ?? by;
    return await core.establishSender({
      name,
      via,
      ...(claimed === undefined ? {} : { claimed }),
      ...(token === undefined ? {} : { token }),
      ...(planHash === undefined ? {} : { planHash }),
    });
  }

  private async act(letter: Letter, sender: Sender): Promise<string> {
    // The world may have moved between the click and its reading.
    const objection = this.objection(letter.name, letter.message);
    if (objection !== undefined) return `not applied: ${objection}`;
    switch (letter.name) {
      case 'decide':
        return this.decide(letter.message, sender);
      case 'resolve':
        return this.resolve(letter.message, sender);
      case 'reschedule':
        return await this.reschedule(letter.message, sender);
      case 'cancel':
        await this.tellPerson('cancel', sender, letter.message.reason);
        return this.flow.cancel({ by: sender.name || 'nobody named', reason: letter.message.reason });
      case 'release':
        return this.release(letter.message, sender);
    }
  }

  private decide({ planHash, approved, reason }: Decide, sender: Sender): string {
    const rounds = this.flow.case.openRounds.filter((round) => planHash === undefined || round.planHash === planHash);
    const answers = rounds.map((round) => round.decide({ sender, approved, reason }));
    const refused = answers.find((answer) => !answer.counted);
    return refused === undefined ? 'counts' : `does not count: ${refused.why ?? ''}`;
  }

  private resolve({ target, step, action, reason }: Resolve, sender: Sender): string {
    const track = this.flow.case.tracks.find((one) => one.id === target);
    const refusal = this.refusal(
      sender,
      track?.parkedSteps().some(({ parked }) => parked.reason === 'protected') === true && action === 'retry',
    );
    if (refusal !== undefined) return `not applied: ${refusal}`;
    return track?.resolve({ step, action, by: sender.name, reason }) ?? `no target ${target}`;
  }

  private async reschedule({ effectiveAt, reason }: Reschedule, sender: Sender): Promise<string> {
    const { case: flow } = this.flow;
    const moment = await core.resolveMoment({ text: effectiveAt, person: flow.request.leaver.event.data.person });
    if (moment.at === undefined) return `not applied: ${moment.problem ?? 'effectiveAt cannot be read'}`;
    if (flow.containmentBegan) return 'not applied: access has ended already';
    flow.accessEndsAt = moment.at;
    flow.rescheduledBy = sender.name;
    await this.tellPerson('reschedule', sender, reason);
    return `access ends at ${moment.at}`;
  }

  private release(_message: Release, sender: Sender): string {
    const { case: flow } = this.flow;
    const refusal = this.refusal(sender, true);
    if (refusal !== undefined) return `not applied: ${refusal}`;
    const name = sender.name.toLowerCase();
    if (flow.releasedBy.includes(name)) return `not applied: ${sender.name} has released it already`;
    flow.releasedBy.push(name);
    const missing = (flow.held?.releasesNeeded ?? 0) - flow.releasedBy.length;
    return missing > 0 ? `${missing} more to release it` : 'released';
  }

  /** Where a second person is asked for, the requester and the subject are not one, and a mere claim counts only where the configuration says so. */
  private refusal(sender: Sender, secondPerson: boolean): string | undefined {
    if (!secondPerson) return undefined;
    const minStrength = this.flow.case.plan?.policy.deletion.approvers.minStrength ?? 'asserted';
    return refusalOf({ sender, approvers: { count: 1, minStrength }, excluded: this.flow.case.excluded });
  }

  /** The person workflow remembers operators' words: a later HR event that contradicts one waits for a person. */
  private async tellPerson(word: 'reschedule' | 'cancel', sender: Sender, reason: string): Promise<void> {
    const { case: flow } = this.flow;
    const handle = getExternalWorkflowHandle(personWorkflowId(flow.request.personId));
    try {
      await handle.signal(operatorSignal, {
        workflowId: flow.workflowId,
        word,
        at: new Date().toISOString(),
        by: sender.name,
        reason,
      });
    } catch {
      flow.remark(`the person workflow could not be told of ${word}: it has ended`);
    }
  }
}
