import { createHmac, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HrMessage, HrMessageKind, HrStandIn, MessageWish } from './contract';
import { Hidden, startHrServer } from './desk';
import { EmploymentBook, today, type BookEntry } from './employment-book';

const TOKEN = 'play-finch-access-token';
const WEBHOOK_SECRET = Buffer.from('play-finch-webhook-secret-of-32-b').toString('base64');
export const finchConnection = '6d29c3b7-3b7e-4b0a-9a8b-2f4a5b1c0d11';

export interface FinchOptions {
  readonly port?: number;
  /** The provider behind Finch tells that somebody is gone, and not since when. */
  readonly noEndDates?: boolean;
}

/**
 * Finch: individuals and employments in batches, each person with a status of its own. Its traps: everything can be null, a batch answers 200 although
 * somebody in it is missing, the order of a batch is free, and an end may stand beside a later rehire.
 */
export async function startFinch(options: FinchOptions = {}): Promise<HrStandIn> {
  const book = new EmploymentBook(randomUUID);
  const hidden = new Hidden();
  const server = await startHrServer({
    type: 'finch',
    apiRoot: '',
    ...(options.port === undefined ? {} : { port: options.port }),
    admits: ({ headers }) =>
      headers.authorization === `Bearer ${TOKEN}` && headers['finch-api-version'] === '2020-09-17',
    routes: (app) => addRoutes(app, { book, hidden, options }),
  });
  return {
    ...{ type: 'finch', baseUrl: server.origin, auth: { token: TOKEN }, webhookSecret: WEBHOOK_SECRET },
    ...{ requests: server.requests, faults: server.faults },
    hire: (employee) => book.hire(employee),
    change: (id, fields) => book.change(id, fields),
    terminate: (id, end) => book.terminate(id, end),
    cancelTermination: (id) => book.cancelTermination(id),
    rehire: (id, on) => book.rehire(id, on),
    cancelRehire: (id) => book.cancelRehire(id),
    remove: (id) => book.remove(id),
    hide: (field) => hidden.hide(field),
    show: (field) => hidden.show(field),
    message,
    stop: () => server.stop(),
  };
}

const events: Readonly<Record<HrMessageKind, string>> = {
  hired: 'individual.created',
  changed: 'individual.updated',
  terminated: 'employment.updated',
  cancelled: 'employment.updated',
  rehired: 'employment.updated',
  removed: 'individual.deleted',
};

function message(kind: HrMessageKind, id: string, wish: MessageWish = {}): HrMessage {
  const { secret = WEBHOOK_SECRET, at = new Date() } = wish;
  const body = JSON.stringify({
    company_id: randomUUID(),
    account_id: randomUUID(),
    connection_id: finchConnection,
    entity_id: randomUUID(),
    event_type: events[kind],
    data: { individual_id: id },
  });
  const eventId = `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(`${eventId}.${timestamp}.${body}`)
    .digest('base64');
  const headers = { 'Finch-Event-ID': eventId, 'Finch-Timestamp': timestamp, 'Finch-Signature': `v1,${signature}` };
  return { body, contentType: 'application/json', headers };
}

interface House {
  readonly book: EmploymentBook;
  readonly hidden: Hidden;
  readonly options: FinchOptions;
}

type Batch = FastifyRequest<{ Body: { requests: readonly { individual_id: string }[] } }>;

function addRoutes(app: FastifyInstance, { book, hidden, options }: House): void {
  const answer = (request: Batch, show: (entry: BookEntry) => Record<string, unknown>) => ({
    responses: [...request.body.requests].reverse().map(({ individual_id: id }) => {
      const entry = book.entries.get(id);
      if (entry === undefined) {
        return { individual_id: id, code: 404, body: { code: 404, name: 'not_found', message: 'Not found' } };
      }
      const body = show(entry);
      // What a provider does not tell is there and null.
      return {
        individual_id: id,
        code: 200,
        body: Object.fromEntries(
          Object.entries(body).map(([field, value]) => [field, hidden.has(field) ? null : value]),
        ),
      };
    }),
  });
  app.post('/employer/individual', { config: { reads: true } }, (request: Batch, reply) =>
    reply.send(answer(request, individualOf)),
  );
  app.post('/employer/employment', { config: { reads: true } }, (request: Batch, reply) =>
    reply.send(answer(request, (entry) => employmentOf(entry, options))),
  );
}

function individualOf({ id, employee }: BookEntry): Record<string, unknown> {
  return {
    ...{ id, first_name: employee.firstName, last_name: employee.lastName, preferred_name: null, middle_name: null },
    emails: [
      { data: `${employee.firstName.toLowerCase()}@private.test`, type: 'personal' },
      { data: employee.workEmail, type: 'work' },
    ],
    ...{ phone_numbers: null, gender: null, ethnicity: null, dob: null, residence: null },
  };
}

function employmentOf({ id, employee, employments }: BookEntry, { noEndDates = false }: FinchOptions) {
  const last = employments.at(-1);
  const hasEnded = last?.endsOn !== undefined && last.endsOn < today();
  // After a rehire the end before it stays where it was.
  const end = last?.endsOn ?? employments.at(-2)?.endsOn;
  return {
    ...{ id, first_name: employee.firstName, last_name: employee.lastName, title: orNull(employee.title) },
    department: within('name', employee.department),
    manager: within('id', employee.managerId),
    employment: { type: 'employee', subtype: 'full_time' },
    employment_status: hasEnded ? 'terminated' : 'active',
    is_active: !hasEnded,
    start_date: orNull(employments[0]?.startsOn),
    end_date: noEndDates ? null : orNull(end),
    latest_rehire_date: employments.length > 1 ? orNull(last?.startsOn) : null,
    location: {
      ...{ line1: null, line2: null, city: orNull(employee.location), state: null, postal_code: null },
      country: orNull(employee.country),
    },
  };
}

/** What the provider does not tell is there and null. */
function orNull(text: string | undefined): string | null {
  return text ?? null;
}

function within(name: string, text: string | undefined): Record<string, string> | null {
  return text === undefined ? null : { [name]: text };
}
