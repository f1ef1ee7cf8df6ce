import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HrMessage, HrMessageKind, HrStandIn, MessageWish } from './contract';
import { basic, Hidden, startHrServer } from './desk';
import { EmploymentBook, today, type BookEntry } from './employment-book';

const SERVICE_USER = 'SERVICE-1234';
const TOKEN = 'play-hibob-service-user-token';
const WEBHOOK_SECRET = 'play-hibob-webhook-secret';
const COMPANY = 636192;

export interface BobOptions {
  readonly port?: number;
}
export interface BobStandIn extends HrStandIn {
  /** Garden leave, until its end is said. */
  gardenLeave(id: string, isOn: boolean): void;
  lastDayOfWork(id: string, day: string): void;
  /** The webhook of a termination with "Revoke access immediately". */
  revokeNow(id: string, wish?: MessageWish): HrMessage;
}

/**
 * HiBob: one person at a time, read by a POST. Its traps: fields that the service user may not see are left out without a word, list items are ids unless
 * the readable half is asked for, whose dates are in the reader's own format, only the last employment is shown, and nothing is sent when an entry is deleted.
 */
export async function startHiBob(options: BobOptions = {}): Promise<BobStandIn> {
  let next = 3332883854254932000n;
  const book = new EmploymentBook(() => String((next += 1n)));
  const hidden = new Hidden();
  const more = new Map<string, { gardenLeave?: boolean; lastDayOfWork?: string }>();
  const server = await startHrServer({
    type: 'hibob',
    apiRoot: '/v1',
    ...(options.port === undefined ? {} : { port: options.port }),
    admits: ({ headers }) => headers.authorization === basic(SERVICE_USER, TOKEN),
    routes: (app) => addRoutes(app, { book, hidden, more }),
  });
  const note = (id: string, what: { gardenLeave?: boolean; lastDayOfWork?: string }) =>
    more.set(id, { ...more.get(id), ...what });
  return {
    ...{ type: 'hibob', baseUrl: server.baseUrl, auth: { serviceUser: SERVICE_USER, token: TOKEN } },
    ...{ webhookSecret: WEBHOOK_SECRET, requests: server.requests, faults: server.faults },
    hire: (employee) => book.hire(employee),
    change: (id, fields) => book.change(id, fields),
    terminate: (id, end) => book.terminate(id, end),
    cancelTermination: (id) => book.cancelTermination(id),
    rehire: (id, on) => book.rehire(id, on),
    cancelRehire: (id) => book.cancelRehire(id),
    remove: (id) => book.remove(id),
    hide: (field) => hidden.hide(field),
    show: (field) => hidden.show(field),
    gardenLeave: (id, isOn) => void note(id, { gardenLeave: isOn }),
    lastDayOfWork: (id, day) => void note(id, { lastDayOfWork: day }),
    message: (kind, id, wish) => signedEvent(events[kind], id, wish),
    revokeNow: (id, wish) => signedEvent('employee.access.revoked.immediately', id, wish),
    stop: () => server.stop(),
  };
}

const events: Readonly<Record<HrMessageKind, string>> = {
  hired: 'employee.created',
  changed: 'employee.updated',
  terminated: 'table.entry.created',
  cancelled: 'table.entry.updated',
  rehired: 'employee.joined',
  removed: 'employee.deleted',
};

function signedEvent(type: string, employeeId: string, wish: MessageWish = {}): HrMessage {
  const { secret = WEBHOOK_SECRET, at = new Date() } = wish;
  const body = JSON.stringify({
    companyId: COMPANY,
    type,
    triggeredBy: '3332883804594373380',
    triggeredAt: at.toISOString().replace('Z', '000'),
    version: 'v2',
    data: { employeeId, ...(type.startsWith('table.') ? { tableId: 'lifecycle', effectiveDate: today() } : {}) },
  });
  const signature = createHmac('sha512', secret).update(body).digest('base64');
  return { body, contentType: 'application/json', headers: { 'Bob-Signature': signature } };
}

interface House {
  readonly book: EmploymentBook;
  readonly hidden: Hidden;
  readonly more: ReadonlyMap<string, { gardenLeave?: boolean; lastDayOfWork?: string }>;
}

type Read = FastifyRequest<{ Params: { id: string }; Body: { fields?: readonly string[]; humanReadable?: string } }>;

function addRoutes(app: FastifyInstance, { book, hidden, more }: House): void {
  app.post('/people/:id', { config: { reads: true } }, (request: Read, reply) => {
    const entry = book.of(request.params.id);
    const { fields = [], humanReadable } = request.body;
    const values = valuesOf(entry, more.get(entry.id) ?? {});
    const readable: Record<string, unknown> = {};
    const answer: Record<string, unknown> = { id: entry.id };
    for (const field of fields) {
      const known = values[field];
      if (known === undefined || hidden.has(field)) continue;
      place(answer, field, known.machine);
      answer[`/${field.replaceAll('.', '/')}`] = { value: known.machine };
      place(readable, field, known.human ?? known.machine);
    }
    return reply.send({ ...answer, ...(humanReadable === 'APPEND' ? { humanReadable: readable } : {}) });
  });
}

interface Value {
  readonly machine: unknown;
  readonly human?: unknown;
}

function valuesOf(
  { employee, employments }: BookEntry,
  { gardenLeave = false, lastDayOfWork }: { gardenLeave?: boolean; lastDayOfWork?: string },
): Readonly<Record<string, Value>> {
  const last = employments.at(-1);
  const end = last?.endsOn ?? null;
  const hasEnded = end !== null && end < today();
  const working = gardenLeave ? 'Garden leave' : 'Employed';
  return {
    'root.firstName': { machine: employee.firstName },
    'root.surname': { machine: employee.lastName },
    'root.displayName': { machine: `${employee.firstName} ${employee.lastName}` },
    'root.email': { machine: employee.workEmail },
    'work.department': { machine: '209192163', human: employee.department },
    'work.title': { machine: '209192170', human: employee.title },
    'work.site': { machine: '209192181', human: employee.location },
    'work.startDate': { machine: last?.startsOn ?? null, human: slashed(last?.startsOn) },
    'work.reportsTo': { machine: managerOf(employee.managerId) },
    'internal.status': { machine: hasEnded ? 'Inactive' : 'Active' },
    'internal.lifecycleStatus': { machine: hasEnded ? 'Terminated' : working },
    'internal.terminationDate': { machine: end, human: slashed(end ?? undefined) },
    'internal.terminationReason': { machine: '77', human: last?.reason ?? null },
    'employee.lastDayOfWork': { machine: lastDayOfWork ?? null },
  };
}

function managerOf(id: string | undefined): Record<string, string> | null {
  return id === undefined ? null : { id, email: 'manager@acme.test' };
}

/** As somebody with American settings reads dates. */
function slashed(day: string | undefined): string | null {
  return day === undefined ? null : `${day.slice(5, 7)}/${day.slice(8, 10)}/${day.slice(0, 4)}`;
}

/** `work.site` inside `work`; `root.` lies at the top. */
function place(into: Record<string, unknown>, field: string, value: unknown): void {
  const [group = '', name = ''] = field.split('.');
  if (group === 'root') into[name] = value;
  else into[group] = { ...(into[group] as Record<string, unknown> | undefined), [name]: value };
}
