import { allStepNames } from '../domain/flow';
import type { TimedEvent } from '../domain/leaver';
import type {
  Cancel,
  Decide,
  FlowEnded,
  HrMessage,
  OperatorWord,
  PeopleMessage,
  Release,
  Reschedule,
  Resolve,
} from './messages';

/**
 * Hand-written guards for what people type into the Web UI. They never throw: a throw in a signal handler fails the
 * workflow, and schema libraries have no place in workflow code.
 */
export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] };

export interface MessageByName {
  readonly decide: Decide;
  readonly resolve: Resolve;
  readonly reschedule: Reschedule;
  readonly cancel: Cancel;
  readonly release: Release;
}

const readers: { readonly [Name in PeopleMessage]: (fields: Fields) => MessageByName[Name] } = {
  decide: (fields) => ({
    approved: fields.boolean('approved'),
    reason: fields.text('reason'),
    ...fields.optional('planHash'),
    ...fields.optional('approver'),
    ...fields.optional('token'),
  }),
  resolve: (fields) => ({
    target: fields.text('target'),
    action: fields.oneOf('action', ['retry', 'skip'] as const),
    reason: fields.text('reason'),
    ...fields.optional('step'),
    ...fields.optional('by'),
  }),
  reschedule: (fields) => ({
    effectiveAt: fields.text('effectiveAt'),
    reason: fields.text('reason'),
    ...fields.optional('by'),
  }),
  cancel: (fields) => ({ reason: fields.text('reason'), ...fields.optional('by') }),
  release: (fields) => ({ reason: fields.text('reason'), ...fields.optional('by'), ...fields.optional('token') }),
};

/** Reads one message; the complete list of its problems otherwise. */
export function readMessage<Name extends PeopleMessage>(name: Name, raw: unknown): Read<MessageByName[Name]> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { ok: false, problems: [`${name} takes one JSON object, not ${describe(raw)}`] };
  }
  const fields = new Fields(raw as Record<string, unknown>);
  const value = readers[name](fields);
  if (
    name === 'decide' &&
    fields.problems.length === 0 &&
    (value as Decide).approved &&
    (value as Decide).planHash === undefined
  ) {
    fields.problems.push('planHash is required to approve: copy it from the details of this workflow');
  }
  return fields.problems.length === 0 ? { ok: true, value } : { ok: false, problems: fields.problems };
}

/**
 * A step that no flow has. Apart from `readMessage`, because flows of earlier versions took any text, and their histories
 * are replayed.
 */
export function unknownStep<Name extends PeopleMessage>(name: Name, message: MessageByName[Name]): string | undefined {
  if (name !== 'resolve') return undefined;
  const { step } = message as Resolve;
  if (step === undefined || (allStepNames as readonly string[]).includes(step)) return undefined;
  return `step must be one of ${allStepNames.join(', ')}, or left out, not ${describe(step)}`;
}

class Fields {
  readonly problems: string[] = [];
  constructor(private readonly raw: Readonly<Record<string, unknown>>) {}

  text(name: string): string {
    const value = this.raw[name];
    if (typeof value === 'string' && value.trim() !== '') return value.slice(0, 2000);
    this.problems.push(`${name} must be a text that is not empty, not ${describe(value)}`);
    return '';
  }

  boolean(name: string): boolean {
    const value = this.raw[name];
    if (typeof value === 'boolean') return value;
    this.problems.push(`${name} must be true or false, not ${describe(value)}`);
    return false;
  }

  oneOf<const Allowed extends string>(name: string, allowed: readonly Allowed[]): Allowed {
    const value = this.raw[name];
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    this.problems.push(`${name} must be one of ${allowed.join(', ')}, not ${describe(value)}`);
    return allowed[0] as Allowed;
  }

  optional<const Name extends string>(name: Name): { readonly [K in Name]?: string } {
    const value = this.raw[name];
    if (value === undefined || value === null) return {};
    if (typeof value === 'string') return { [name]: value.slice(0, 8000) } as { readonly [K in Name]: string };
    this.problems.push(`${name} must be a text, not ${describe(value)}`);
    return {};
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${JSON.stringify(value)}`.slice(0, 80);
}

/** What `person` forwards to a flow, or a flow gives back. */
export function isTimedEvent(raw: unknown): raw is TimedEvent {
  if (typeof raw !== 'object' || raw === null) return false;
  const { event, eventHash, moments } = raw as Partial<TimedEvent>;
  return (
    typeof event === 'object' &&
    event !== null &&
    typeof event.id === 'string' &&
    typeof event.type === 'string' &&
    typeof eventHash === 'string' &&
    typeof moments === 'object' &&
    moments !== null
  );
}

export function isHrMessage(raw: unknown): raw is HrMessage {
  const event = (raw as Partial<HrMessage> | null | undefined)?.event;
  return (
    typeof event === 'object' &&
    event !== null &&
    typeof event.id === 'string' &&
    typeof event.type === 'string' &&
    typeof event.data === 'object' &&
    event.data !== null
  );
}
export function isFlowEnded(raw: unknown): raw is FlowEnded {
  return typeof (raw as Partial<FlowEnded> | null | undefined)?.workflowId === 'string';
}
export function isOperatorWord(raw: unknown): raw is OperatorWord {
  const word = raw as Partial<OperatorWord> | null | undefined;
  return typeof word?.workflowId === 'string' && (word.word === 'cancel' || word.word === 'reschedule');
}
