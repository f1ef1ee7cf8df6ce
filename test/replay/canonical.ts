import { historyToJson, type History } from './history-json';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What differs from machine to machine and run to run, and what no replay reads: names of hosts, tasks and requests. */
const dropped = new Set(['taskId', 'identity', 'requestId', 'workerVersion', 'binaryChecksum', 'stackTrace']);
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * A history as it is kept in the repository: Temporal's own JSON (the CLI and the Web UI read it), one event a line,
 * names in order, nothing of the machine it was made on, and run ids counted from one.
 */
export function canonical(history: History): string {
  const { events } = historyToJson(history) as { readonly events: readonly Json[] };
  const names = new Map<string, string>();
  const lines = events.map((event) => JSON.stringify(tidy(event, names)));
  return `{"events":[\n${lines.join(',\n')}\n]}\n`;
}

function tidy(value: Json, names: Map<string, string>): Json {
  if (typeof value === 'string') return renamed(value, names);
  if (Array.isArray(value)) return value.map((one: Json) => tidy(one, names));
  if (value === null || typeof value !== 'object') return value;
  const fields = value as { readonly [name: string]: Json };
  if (isPayload(fields)) {
    const metadata = inOrder(Object.entries(fields.metadata));
    return { metadata, data: inText(fields.data, (text) => renamed(text, names)) };
  }
  const entries = Object.entries(withoutStickyQueue(fields)).filter(([name]) => !dropped.has(name));
  return inOrder(entries.map(([name, one]) => [name, tidy(one, names)]));
}

/** By name, but a line begins with the number, time and kind of its event. */
function inOrder(entries: readonly (readonly [string, Json])[]): { readonly [name: string]: Json } {
  const rank = (name: string) => `${/^event(Id|Time|Type)$/.test(name) ? 0 : 1}${name}`;
  return Object.fromEntries([...entries].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1)));
}

/** A sticky queue is named after its host and process; the queue behind it says the same. */
function withoutStickyQueue(fields: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  return fields['kind'] === 'TASK_QUEUE_KIND_STICKY' && typeof fields['normalName'] === 'string'
    ? { name: fields['normalName'], kind: 'TASK_QUEUE_KIND_NORMAL' }
    : fields;
}

function renamed(text: string, names: Map<string, string>): string {
  return text.replace(uuid, (found) => {
    const name = names.get(found) ?? `00000000-0000-4000-8000-${String(names.size + 1).padStart(12, '0')}`;
    names.set(found, name);
    return name;
  });
}

function isPayload(fields: {
  readonly [name: string]: Json;
}): fields is { readonly metadata: { readonly [name: string]: Json }; readonly data: string } {
  return typeof fields['data'] === 'string' && typeof fields['metadata'] === 'object' && fields['metadata'] !== null;
}

function inText(base64: string, change: (text: string) => string): string {
  return Buffer.from(change(Buffer.from(base64, 'base64').toString('utf8')), 'utf8').toString('base64');
}

/** Everything that a kept history says, payloads in clear: for looking whether it says too much. */
export function inClear(text: string): string {
  return JSON.stringify(JSON.parse(text), (_name, value: unknown) =>
    typeof value === 'object' && value !== null && isPayload(value as { readonly [name: string]: Json })
      ? Buffer.from((value as { readonly data: string }).data, 'base64').toString('utf8')
      : value,
  );
}
