import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { Sender } from '../domain/approval';
import { refusalOf } from '../domain/approval';
import type { ParkReason } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { Strength } from '../domain/flow';
import type { HeldBack } from '../domain/leaver';
import type { Person } from '../domain/person';
import type { FlowClock } from './clock';
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
import type { Round } from './round';
import type { TrackView } from './step-track';

/** What people's messages can do to a flow, whatever its kind. */
export interface PeopleFlow {
  readonly workflowId: string;
  readonly personId: string;
  readonly clock: FlowClock;
  readonly person: Person;
  readonly hasEnded: boolean;
  readonly openRounds: readonly Round[];
  readonly tracks: readonly TrackView[];
  readonly held: HeldBack | undefined;
  /** Who released what holds it back now, each once. */
  readonly releasedBy: readonly string[];
  release(by: string): void;
  /** The requester and the person concerned, by every name: neither may decide. */
  readonly excluded: readonly string[];
  readonly minStrength: Strength;
  /** Why the date cannot be moved any more. */
  readonly objectionToReschedule: string | undefined;
  reschedule(to: { readonly at: string; readonly by: string }): string;
  cancel(word: { readonly by: string; readonly reason: string }): string;
  remark(text: string): void;
  /** Evidence about the flow itself, written at once. */
  tell(draft: Omit<EvidenceDraft, 'at' | 'eventHash'>): void;
}

/** What a flow does with people's messages: who sent it is established first, then it takes effect and is evidenced. */
export class FlowMail implements MailReader {
  constructor(private readonly flow: PeopleFlow) {}

  objection(name: PeopleMessage, message: MessageByName[PeopleMessage]): string | undefined {
    const { flow } = this;
    if (flow.hasEnded) return 'this flow has ended';
    if (name === 'decide') return this.objectionToDecision(message as Decide);
    if (name === 'resolve') return this.objectionToResolve(message as Resolve);
    if (name === 'reschedule') return flow.objectionToReschedule;
    if (name === 'release' && flow.held === undefined) return 'this flow is not held';
    return undefined;
  }

  private objectionToDecision({ planHash }: Decide): string | undefined {
    const open = this.flow.openRounds;
    if (open.length === 0) return 'no plan is open';
    if (planHash !== undefined && !open.some((round) => round.planHash === planHash)) {
      return 'planHash is not that of an open plan: the plan changed or was decided; copy it from the details again';
    }
    return undefined;
  }

  private objectionToResolve({ target }: Resolve): string | undefined {
    const known = this.flow.tracks.map((track) => track.id);
    return known.includes(target)
      ? undefined
      : `target must be one of ${known.join(', ') || '(nothing has begun on any target)'}`;
  }

  unusable(name: PeopleMessage, problems: readonly string[]): void {
    const detail = problems.join('; ').slice(0, 500);
    this.flow.remark(`A signal \`${name}\` could not be used: ${detail}`);
    this.flow.tell({ kind: 'message', step: name, outcome: 'unusable', detail });
  }

  async read(letter: Letter): Promise<void> {
    const sender = await this.establish(letter);
    this.flow.clock.tell(sender.at);
    const detail = await this.act(letter, sender);
    this.flow.remark(`${letter.name} by ${sender.name || 'nobody named'} (${sender.strength}): ${detail}`);
    this.flow.tell({
      kind: letter.name === 'decide' ? 'decision' : 'message',
      step: letter.name,
      outcome: letter.name === 'decide' ? (letter.message.approved ? 'approved' : 'rejected') : 'applied',
      actor: { name: sender.name, strength: sender.strength, source: sender.source },
      detail: `${detail}. Reason: ${letter.message.reason}`,
      ...(letter.name === 'decide' ? { data: { counted: detail === 'counts' } } : {}),
      ...(letter.name === 'decide' && letter.message.planHash !== undefined
        ? { planHash: letter.message.planHash }
        : {}),
    });
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
        return await this.resolve(letter.message, sender);
      case 'reschedule':
        return await this.reschedule(letter.message, sender);
      case 'cancel':
        await this.tellPerson('cancel', sender, { reason: letter.message.reason });
        return this.flow.cancel({ by: sender.name || 'nobody named', reason: letter.message.reason });
      case 'release':
        return this.release(letter.message, sender);
    }
  }

  private decide({ planHash, approved, reason }: Decide, sender: Sender): string {
    const rounds = this.flow.openRounds.filter((round) => planHash === undefined || round.planHash === planHash);
    const answers = rounds.map((round) => round.decide({ sender, approved, reason }));
    const refused = answers.find((answer) => !answer.counted);
    return refused === undefined ? 'counts' : `does not count: ${refused.why ?? ''}`;
  }

  private async resolve({ target, step, action, reason }: Resolve, sender: Sender): Promise<string> {
    // A mover may change some accounts of a target and contain others: both tracks carry its name.
    const tracks = this.flow.tracks.filter((one) => one.id === target);
    const isParkedFor = (why: ParkReason) =>
      tracks.some((track) => track.parkedSteps().some(({ parked }) => parked.reason === why));
    const refusal = this.refusal(sender, action === 'retry');
    if (refusal !== undefined && isParkedFor('protected')) return `not applied: ${refusal}`;
    const note = refusal !== undefined && isParkedFor('last-administrator') ? `; lets nobody go: ${refusal}` : '';
    await Promise.all(tracks.map(async (track) => track.beforeResolve()));
    const request = { step, action, by: sender.name, reason, mayRelease: refusal === undefined };
    const answers = tracks.map((track) => track.resolve(request));
    return answers.length === 0 ? `no target ${target}` : `${answers.join('; ')}${note}`;
  }

  private async reschedule({ effectiveAt, reason }: Reschedule, sender: Sender): Promise<string> {
    const moment = await core.resolveMoment({ text: effectiveAt, person: this.flow.person });
    if (moment.at === undefined) return `not applied: ${moment.problem ?? 'effectiveAt cannot be read'}`;
    const objection = this.flow.objectionToReschedule;
    if (objection !== undefined) return `not applied: ${objection}`;
    const answer = this.flow.reschedule({ at: moment.at, by: sender.name });
    await this.tellPerson('reschedule', sender, { reason, effectiveAt: moment.at });
    return answer;
  }

  private release(_message: Release, sender: Sender): string {
    const { flow } = this;
    const refusal = this.refusal(sender, true);
    if (refusal !== undefined) return `not applied: ${refusal}`;
    const name = sender.name.toLowerCase();
    if (flow.releasedBy.includes(name)) return `not applied: ${sender.name} has released it already`;
    flow.release(name);
    const missing = (flow.held?.releasesNeeded ?? 0) - flow.releasedBy.length;
    return missing > 0 ? `${missing} more to release it` : 'released';
  }

  /** Where a second person is asked for, the requester and the subject are not one, and a mere claim counts only where the configuration says so. */
  private refusal(sender: Sender, secondPerson: boolean): string | undefined {
    if (!secondPerson) return undefined;
    const { minStrength, excluded } = this.flow;
    return refusalOf({ sender, approvers: { count: 1, minStrength }, excluded });
  }

  /** The person workflow remembers operators' words: a later HR event that contradicts one waits for a person. */
  private async tellPerson(
    word: 'reschedule' | 'cancel',
    sender: Sender,
    said: { readonly reason: string; readonly effectiveAt?: string },
  ): Promise<void> {
    const { workflowId, personId } = this.flow;
    const handle = getExternalWorkflowHandle(personWorkflowId(personId));
    try {
      await handle.signal(operatorSignal, {
        workflowId,
        word,
        at: new Date().toISOString(),
        by: sender.name,
        ...said,
      });
    } catch {
      this.flow.remark(`the person workflow could not be told of ${word}: it has ended`);
    }
  }
}
