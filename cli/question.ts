import type { HrEvent } from '../domain/event';
import type { EvidenceEntry } from '../domain/evidence';
import { saysTheSame } from '../store/events';
import type { Store } from '../store/open-store';

/** An HR event that was not acted on and waits for a person's word. */
export interface OpenQuestion {
  readonly at: string;
  readonly event: string;
  readonly source: string;
  readonly type: string;
  readonly detail: string;
}

/** What waits for a word about a person, the last first. */
export async function openQuestions(store: Store, personId: string): Promise<readonly OpenQuestion[]> {
  return (await store.evidence.openQuestions({ personId })).map(questionIn);
}

function questionIn({ at, step = '', detail = '', data }: EvidenceEntry): OpenQuestion {
  const { id = '', source = '' } = (data as { readonly event?: Partial<HrEvent> } | undefined)?.event ?? {};
  return { at, event: id, source, type: step, detail };
}

export function questionText({ at, event, type, detail }: OpenQuestion): string {
  return `needs a person: HR event ${event} (${type}), ${at}: ${detail}`;
}

/** The events whose ids stand for something else in the store: nothing will come of them. */
export async function reusedIds(store: Store, events: readonly HrEvent[]): Promise<readonly HrEvent[]> {
  const reused: HrEvent[] = [];
  for (const event of events) {
    const kept = await store.events.get(event);
    if (kept !== undefined && !saysTheSame(kept.event, event)) reused.push(event);
  }
  return reused;
}

export function reusedText(events: readonly HrEvent[]): string {
  const names = events.slice(0, 20).map(({ id, type, subject }) => `  ${id} (${type} about ${subject})`);
  const more = events.length > 20 ? [`  and ${events.length - 20} more`] : [];
  return [
    `Nothing will come of ${events.length} of them, because their ids stand for other events already:`,
    ...names,
    ...more,
    'If they are meant, send them again under ids of their own.',
  ].join('\n');
}
