import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../core';
import type { HrEmployee, HrMessage, HrMessageKind, HrStandIn, MessageWish } from './contract';
import { basic, found, Hidden, startHrServer } from './desk';

const API_KEY = 'play-bamboohr-api-key';
const WEBHOOK_KEY = 'play-bamboohr-private-key-of-the-webhook';

interface StatusRow {
  readonly id: string;
  date: string;
  employmentStatus: string;
  terminationTypeId?: string;
  terminationReasonId?: string;
}
interface Employee {
  readonly id: string;
  fields: Record<string, string | null>;
  rows: StatusRow[];
}

export interface BambooOptions {
  readonly port?: number;
  /** Zones of work locations; without any, API keys may not see locations. */
  readonly locationZones?: Readonly<Record<string, string>>;
  /** What this company calls the end of an employment. */
  readonly terminatedStatus?: string;
}

/**
 * BambooHR: employees and their employment status history as the public API shows them. Its traps: rows come in no order,
 * an empty date is `0000-00-00`, fields that the key may not see are left out, a create pings twice, and an end of the
 * future shows only in the history.
 */
export async function startBambooHr(options: BambooOptions = {}): Promise<HrStandIn> {
  const house = new BambooHouse(options);
  const server = await startHrServer({
    type: 'bamboohr',
    apiRoot: '/api/v1',
    ...(options.port === undefined ? {} : { port: options.port }),
    admits: (request) => request.headers.authorization === basic(API_KEY, 'x'),
    routes: (app) => house.addRoutes(app),
  });
  return Object.assign(house, {
    type: 'bamboohr',
    baseUrl: server.baseUrl,
    auth: { token: API_KEY },
    webhookSecret: WEBHOOK_KEY,
    requests: server.requests,
    faults: server.faults,
    stop: () => server.stop(),
  });
}

const events: Readonly<Record<HrMessageKind, string>> = {
  hired: 'employee.created',
  changed: 'employee.updated',
  terminated: 'employee.updated',
  cancelled: 'employee.updated',
  rehired: 'employee.updated',
  removed: 'employee.deleted',
};

class BambooHouse {
  readonly #employees = new Map<string, Employee>();
  readonly #hidden = new Hidden();
  #next = 100;

  constructor(private readonly options: BambooOptions) {}

  hire({ startsOn, ...employee }: HrEmployee): string {
    const id = this.#newId();
    const fields = { hireDate: startsOn, employeeNumber: `E-${id}`, ...fieldsOf(employee) };
    this.#employees.set(id, { id, fields, rows: [this.#row(startsOn, 'Full-Time')] });
    return id;
  }

  change(id: string, fields: Partial<HrEmployee>): void {
    Object.assign(found(this.#employees, id).fields, fieldsOf(fields));
  }

  terminate(id: string, { on, reason = 'Resignation' }: { readonly on: string; readonly reason?: string }): void {
    const { rows } = found(this.#employees, id);
    const last = rows.find((row) => row.employmentStatus === this.#terminated);
    if (last !== undefined && last === rows.at(-1)) last.date = on;
    else rows.push({ ...this.#row(on, this.#terminated), terminationTypeId: reason, terminationReasonId: 'Other' });
  }

  cancelTermination(id: string): void {
    const employee = found(this.#employees, id);
    employee.rows = employee.rows.filter((row) => row.employmentStatus !== this.#terminated);
  }

  rehire(id: string, on: string): void {
    const { rows, fields } = found(this.#employees, id);
    rows.push(this.#row(on, 'Full-Time'));
    fields['hireDate'] = on;
  }

  cancelRehire(id: string): void {
    const employee = found(this.#employees, id);
    employee.rows = employee.rows.slice(0, -1);
  }

  remove(id: string): void {
    this.#employees.delete(id);
  }

  hide(field: string): void {
    this.#hidden.hide(field);
  }

  show(field: string): void {
    this.#hidden.show(field);
  }

  message(kind: HrMessageKind, id: string, { secret = WEBHOOK_KEY, at = new Date() }: MessageWish = {}): HrMessage {
    const changedFields = kind === 'changed' ? ['department'] : ['employmentStatus'];
    const body = JSON.stringify({
      type: events[kind],
      timestamp: at.toISOString().replace(/\.\d+Z$/, '+0000'),
      data: { companyId: '1', employeeId: id, ...(events[kind] === 'employee.updated' ? { changedFields } : {}) },
    });
    return { body, contentType: 'application/json', headers: signed(body, secret, at) };
  }

  addRoutes(app: FastifyInstance): void {
    app.get('/employees/:id', (request: FastifyRequest<{ Params: { id: string } }>, reply) => {
      const employee = found(this.#employees, request.params.id);
      const asked = ((request.query as { fields?: string }).fields ?? 'firstName,lastName').split(',');
      const all: Record<string, string | null> = { ...employee.fields, status: this.#statusOf(employee) };
      // A field that is not known to the company is left out like one that the key may not see.
      const shown = Object.fromEntries(asked.filter((name) => name in all).map((name) => [name, all[name]]));
      return reply.send({ id: employee.id, ...this.#hidden.cut(shown) });
    });
    app.get(
      '/employees/:id/tables/:table',
      (request: FastifyRequest<{ Params: { id: string; table: string } }>, reply) => {
        const employee = found(this.#employees, request.params.id);
        if (request.params.table !== 'employmentStatus') throw new Refusal(404, 'There is no such table.');
        // Never sorted: the newest row may stand anywhere.
        const rows = [...employee.rows].reverse();
        return reply.send(rows.map((row) => ({ employeeId: employee.id, ...this.#hidden.cut({ ...row }) })));
      },
    );
    app.get('/hris/org/locations', (_request, reply) => {
      const zones = this.options.locationZones;
      if (zones === undefined) throw new Refusal(403, 'This endpoint needs OAuth.');
      const data = Object.entries(zones).map(([label, timezone], at) => ({
        ...{ id: String(at + 1), label, archived: false, manageable: true },
        address: { address1: null, city: null, timezone, remoteLocation: false },
      }));
      return reply.send({ data, meta: { page: 0, pageSize: 500, totalCount: data.length } });
    });
  }

  get #terminated(): string {
    return this.options.terminatedStatus ?? 'Terminated';
  }

  /** What counts today: an end of the future leaves somebody active. */
  #statusOf({ rows }: Employee): string {
    const today = new Date().toISOString().slice(0, 10);
    const now = [...rows].sort((a, b) => (a.date < b.date ? -1 : 1)).filter(({ date }) => date < today);
    return now.at(-1)?.employmentStatus === this.#terminated ? 'Inactive' : 'Active';
  }

  #row(date: string, employmentStatus: string): StatusRow {
    return { id: this.#newId(), date, employmentStatus };
  }

  #newId(): string {
    this.#next += 1;
    return String(this.#next);
  }
}

function fieldsOf({ firstName, lastName, workEmail, department, title, location, managerId }: Partial<HrEmployee>) {
  return Object.fromEntries(
    Object.entries({
      ...{ firstName, lastName, workEmail, department, location, jobTitle: title, supervisorEId: managerId },
      ...(firstName === undefined ? {} : { displayName: `${firstName} ${lastName ?? ''}`.trim() }),
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** HMAC-SHA256 in hex over body and timestamp, nothing between them. */
function signed(body: string, secret: string, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', secret)
    .update(body + timestamp)
    .digest('hex');
  return { 'X-BambooHR-Timestamp': timestamp, 'X-BambooHR-Signature': signature };
}
