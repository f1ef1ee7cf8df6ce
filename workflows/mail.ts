import { ApplicationFailure, condition, currentUpdateInfo, patched, setHandler } from '@temporalio/workflow';
import type { Receipt } from '../domain/flow';
import { readMessage, unknownStep, type MessageByName } from './guards';
import { peopleMessages, peopleSignal, peopleUpdate, type PeopleMessage } from './messages';

/** How a message came, so that an activity can find its event and establish who sent it. */
export type Via =
  { readonly kind: 'signal'; readonly ordinal: number } | { readonly kind: 'update'; readonly updateId: string };

export type Letter = {
  [Name in PeopleMessage]: {
    readonly name: Name;
    readonly message: MessageByName[Name];
    readonly via: Via;
    readonly at: string;
  };
}[PeopleMessage];

/** What a flow does with people's messages. */
export interface MailReader {
  /** Why a well-formed message cannot be taken now; undefined when it can. Only reads. */
  objection(name: PeopleMessage, message: MessageByName[PeopleMessage]): string | undefined;
  /** A message that could not be used; shown and evidenced. */
  unusable(name: PeopleMessage, problems: readonly string[]): void;
  read(letter: Letter): Promise<void>;
}

/**
 * People's messages to a flow: handlers only check and queue, so that one wrong click breaks nothing and an update is
 * answered at once; the letters are read one after the other.
 */
export class Mail {
  readonly #letters: Letter[] = [];
  readonly #signalsSeen: Partial<Record<PeopleMessage, number>> = {};
  #closed = false;

  constructor(private readonly reader: MailReader) {
    for (const name of peopleMessages) this.listenFor(name);
  }

  private listenFor(name: PeopleMessage): void {
    setHandler(peopleSignal(name), (raw: unknown) => this.takeSignal(name, raw), { description: descriptions[name] });
    setHandler(peopleUpdate(name), (raw: unknown) => this.takeUpdate(name, raw), {
      description: descriptions[name],
      validator: (raw: unknown) => this.refuseBadUpdate(name, raw),
    });
  }

  private takeSignal(name: PeopleMessage, raw: unknown): void {
    // Malformed ones count too: the k-th signal of a name is the k-th event of that name in the history.
    const ordinal = (this.#signalsSeen[name] = (this.#signalsSeen[name] ?? 0) + 1);
    const read = readMessage(name, raw);
    const problem = read.ok
      ? (this.refusedStep(name, read.value) ?? this.reader.objection(name, read.value))
      : undefined;
    if (!read.ok) this.reader.unusable(name, read.problems);
    else if (problem !== undefined) this.reader.unusable(name, [problem]);
    else this.queue(name, read.value, { kind: 'signal', ordinal });
  }

  /** Before this was looked at, the flow read such a letter and found nothing to resolve: a history of then goes on so. */
  private refusedStep<Name extends PeopleMessage>(name: Name, message: MessageByName[Name]): string | undefined {
    const problem = unknownStep(name, message);
    return problem !== undefined && patched('resolve-knows-its-steps') ? problem : undefined;
  }

  private takeUpdate(name: PeopleMessage, raw: unknown): Receipt {
    const read = readMessage(name, raw);
    if (!read.ok) throw refusal(read.problems); // the validator has refused it already
    this.queue(name, read.value, { kind: 'update', updateId: currentUpdateInfo()?.id ?? '' });
    return { accepted: true, message: `${name} received; what it leads to shows in the details of this workflow` };
  }

  private refuseBadUpdate(name: PeopleMessage, raw: unknown): void {
    const read = readMessage(name, raw);
    const problems = read.ok
      ? [unknownStep(name, read.value) ?? this.reader.objection(name, read.value)].filter((one) => one !== undefined)
      : read.problems;
    if (problems.length > 0) throw refusal(problems);
  }

  private queue<Name extends PeopleMessage>(name: Name, message: MessageByName[Name], via: Via): void {
    this.#letters.push({ name, message, via, at: new Date().toISOString() } as Letter);
  }

  /** Reads letters for as long as the flow lives, and the last ones before it ends. */
  async keep(): Promise<void> {
    for (;;) {
      await condition(() => this.#letters.length > 0 || this.#closed);
      const letter = this.#letters.shift();
      if (letter === undefined) return;
      await this.reader.read(letter);
    }
  }

  close(): void {
    this.#closed = true;
  }
}

const descriptions: Readonly<Record<PeopleMessage, string>> = {
  decide: 'Approve or reject a removal plan: {"approved": true, "reason": "…", "planHash": "…", "approver": "…"}',
  resolve:
    'Retry or skip a step that is parked or waiting: {"target": "…", "action": "retry" or "skip", "reason": "…", "by": "…"}',
  reschedule: 'Move the end of access before it has come: {"effectiveAt": "…", "reason": "…", "by": "…"}',
  cancel: 'Before the end of access: nothing happens. Later: nothing is deleted. {"reason": "…", "by": "…"}',
  release: 'Release a flow that is held: {"reason": "…", "by": "…"}',
};

/** Short on purpose: the Web UI shows message and stack. */
function refusal(problems: readonly string[]): ApplicationFailure {
  const failure = ApplicationFailure.create({
    message: problems.join('; '),
    type: 'MessageRefused',
    nonRetryable: true,
  });
  failure.stack = '';
  return failure;
}
