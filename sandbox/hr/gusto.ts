import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../core';
import type { HrMessage, HrMessageKind, HrStandIn, MessageWish } from './contract';
import { Hidden, sendUnsigned, startHrServer } from './desk';
import { EmploymentBook, today, type BookEntry } from './employment-book';

const CLIENT = { client_id: 'play-gusto-client', client_secret: 'play-gusto-client-secret' };
const FIRST_REFRESH = 'play-gusto-refresh-token-0';
const VERSION = '2025-06-15';
export const gustoCompany = 'd525dd21-ba6e-482c-be15-c2c7237f1364';

export interface GustoStandIn extends HrStandIn {
  /** Makes a subscription: its token is posted to the address, unsigned, as Gusto does. */
  subscribe(url: string): Promise<{ readonly uuid: string; readonly answer: Response }>;
  isVerified(uuid: string): boolean;
  /** What the company's refresh token is now: a new one with every use. */
  readonly refreshToken: string;
  expireTokens(): void;
}

export interface GustoOptions {
  readonly port?: number;
  /** The subscription's token that webhooks are signed with until another is made. */
  readonly verificationToken?: string;
}

/**
 * Gusto: an employee, and beside it terminations, the rehire, the history of employments and work addresses. Its traps: the rehire is a 404 while there is none,
 * the history knows what has taken effect only, refresh tokens work once, and a subscription sends nothing before it is verified.
 */
export async function startGusto(options: GustoOptions = {}): Promise<GustoStandIn> {
  const house = new GustoHouse(options);
  const server = await startHrServer({
    type: 'gusto',
    apiRoot: '/v1',
    ...(options.port === undefined ? {} : { port: options.port }),
    admits: (request) => house.admits(request),
    routes: (app) => house.addRoutes(app),
    outside: (app) => house.addTokens(app),
  });
  const { book, hidden } = house;
  return {
    ...{ type: 'gusto', baseUrl: server.baseUrl, requests: server.requests, faults: server.faults },
    auth: { refreshToken: FIRST_REFRESH, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret },
    get webhookSecret() {
      return house.verificationToken;
    },
    get refreshToken() {
      return house.refresh;
    },
    hire: (employee) => book.hire(employee),
    change: (id, fields) => book.change(id, fields),
    terminate: (id, end) => book.terminate(id, end),
    cancelTermination: (id) => book.cancelTermination(id),
    rehire: (id, on) => book.rehire(id, on),
    cancelRehire: (id) => book.cancelRehire(id),
    remove: (id) => book.remove(id),
    hide: (field) => hidden.hide(field),
    show: (field) => hidden.show(field),
    message: (kind, id, wish) => house.message(kind, id, wish),
    subscribe: (url) => house.subscribe(url),
    isVerified: (uuid) => house.verified.has(uuid),
    expireTokens: () => house.tokens.clear(),
    stop: () => server.stop(),
  };
}

const events: Readonly<Record<HrMessageKind, string>> = {
  hired: 'employee.created',
  changed: 'employee.updated',
  terminated: 'employee.terminated',
  cancelled: 'employee.termination_cancelled',
  rehired: 'employee.rehired',
  removed: 'employee.deleted',
};

type ById = FastifyRequest<{ Params: { id: string } }>;

class GustoHouse {
  readonly book = new EmploymentBook(randomUUID);
  readonly hidden = new Hidden();
  readonly tokens = new Map<string, 'company' | 'system'>();
  readonly verified = new Set<string>();
  readonly #waiting = new Map<string, string>();
  refresh = FIRST_REFRESH;
  verificationToken: string;
  #uses = 0;

  constructor(options: GustoOptions) {
    this.verificationToken = options.verificationToken ?? 'play-gusto-verification-token';
  }

  message(
    kind: HrMessageKind,
    id: string,
    { secret = this.verificationToken, at = new Date() }: MessageWish = {},
  ): HrMessage {
    const body = JSON.stringify({
      uuid: randomUUID(),
      event_type: events[kind],
      resource_type: 'Company',
      resource_uuid: gustoCompany,
      entity_type: 'Employee',
      entity_uuid: id,
      timestamp: Math.floor(at.getTime() / 1000),
    });
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    return { body, contentType: 'application/json', headers: { 'X-Gusto-Signature': signature } };
  }

  async subscribe(url: string): Promise<{ readonly uuid: string; readonly answer: Response }> {
    const uuid = new URL(url).searchParams.get('subscription') ?? randomUUID();
    const token = randomBytes(20).toString('hex');
    this.#waiting.set(uuid, token);
    const body = JSON.stringify({ verification_token: token, webhook_subscription_uuid: uuid });
    return { uuid, answer: await sendUnsigned(url, body) };
  }

  admits({ headers, url }: FastifyRequest): boolean {
    const kind = this.tokens.get((headers.authorization ?? '').replace(/^Bearer /, ''));
    const wanted = url.includes('/webhook_subscriptions/') ? 'system' : 'company';
    return kind === wanted && headers['x-gusto-api-version'] === VERSION;
  }

  addTokens(app: FastifyInstance): void {
    app.post('/oauth/token', { config: { logOn: true, open: true } }, (request, reply) => {
      const asked = request.body as Record<string, string>;
      if (asked['client_id'] !== CLIENT.client_id || asked['client_secret'] !== CLIENT.client_secret) {
        throw new Refusal(401, { error: 'invalid_client' });
      }
      const kind = asked['grant_type'] === 'system_access' ? 'system' : 'company';
      if (kind === 'company' && asked['refresh_token'] !== this.refresh)
        throw new Refusal(400, { error: 'invalid_grant' });
      const access_token = randomBytes(24).toString('base64url');
      this.tokens.set(access_token, kind);
      if (kind === 'system') return reply.send({ access_token, token_type: 'bearer', expires_in: 7200 });
      this.#uses += 1;
      this.refresh = `play-gusto-refresh-token-${this.#uses}`;
      return reply.send({ access_token, token_type: 'bearer', expires_in: 7200, refresh_token: this.refresh });
    });
  }

  addRoutes(app: FastifyInstance): void {
    app.get('/employees/:id', (request: ById, reply) =>
      reply.send(this.hidden.cut(employeeOf(this.book.of(request.params.id)))),
    );
    const part = (name: string, show: (entry: BookEntry) => unknown) =>
      app.get(`/employees/:id/${name}`, (request: ById, reply) => {
        const shown = show(this.book.of(request.params.id));
        if (this.hidden.has(name)) throw new Refusal(403, { message: 'missing scope employments:read' });
        if (shown === undefined) throw new Refusal(404, { errors: [{ category: 'not_found' }] });
        return reply.send(shown);
      });
    part('terminations', terminationsOf);
    part('rehire', rehireOf);
    part('employment_history', historyOf);
    part('work_addresses', addressesOf);
    app.put('/webhook_subscriptions/:id/verify', (request: ById, reply) => {
      const { id } = request.params;
      const token = (request.body as { verification_token?: string }).verification_token;
      if (token === undefined || this.#waiting.get(id) !== token)
        throw new Refusal(422, 'The token is not the one sent.');
      this.verified.add(id);
      this.verificationToken = token;
      return reply.send({ uuid: id, status: 'verified', subscription_types: ['Employee'] });
    });
  }
}

function employeeOf({ id, employee, employments }: BookEntry): Record<string, unknown> {
  const last = employments.at(-1);
  return {
    ...{ uuid: id, first_name: employee.firstName, last_name: employee.lastName, middle_initial: null },
    ...{ email: `${employee.firstName.toLowerCase()}@private.test`, work_email: employee.workEmail },
    ...{
      company_uuid: gustoCompany,
      manager_uuid: employee.managerId ?? null,
      department: employee.department ?? null,
    },
    terminated: last?.endsOn !== undefined && last.endsOn < today(),
    ...{ onboarded: true, current_employment_status: 'full_time', payment_method: 'Direct Deposit' },
    jobs: [{ uuid: id, title: employee.title ?? null, primary: true, hire_date: employments[0]?.startsOn ?? null }],
  };
}

/** Announced ones as well; one that is cancelled is gone. */
function terminationsOf({ id, employments }: BookEntry) {
  return employments.flatMap(({ endsOn }) =>
    endsOn === undefined
      ? []
      : [{ uuid: randomUUID(), employee_uuid: id, effective_date: endsOn, active: endsOn < today(), cancelable: true }],
  );
}

function rehireOf({ id, employments }: BookEntry) {
  const last = employments.at(-1);
  if (employments.length < 2 || last === undefined) return undefined;
  return { employee_uuid: id, effective_date: last.startsOn, active: last.startsOn <= today() };
}

function historyOf({ employments }: BookEntry) {
  return employments
    .filter(({ startsOn }) => startsOn <= today())
    .map(({ startsOn, endsOn }) => ({
      hire_date: startsOn,
      termination_date: endsOn !== undefined && endsOn < today() ? endsOn : null,
      employment_status: 'full_time',
    }));
}

function addressesOf({ employee }: BookEntry) {
  const { location = null, country = 'USA' } = employee;
  return [{ uuid: randomUUID(), active: true, street_1: null, city: location, state: null, zip: null, country }];
}
