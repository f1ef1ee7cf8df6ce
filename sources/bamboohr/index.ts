import type { Call } from '../../connectors/connector';
import type { HrRecord } from '../../domain/hr-record';
import { HrRecordUnusable } from '../errors';
import type { HrSystem, Source, SourceType } from '../source';
import { BambooClient } from './client';
import { authSchema, optionsSchema, type Options } from './config';
import { recordOf, type Employee } from './mapping';
import { bambooWebhook } from './webhook';

/** BambooHR: webhooks of both kinds; records by the API, the end of an employment from its status history. */
export const bambooHr: SourceType = {
  type: 'bamboohr',
  options: optionsSchema,
  auth: authSchema,
  open: (source) => new BambooHr(source),
  webhook: bambooWebhook,
};

class BambooHr implements HrSystem {
  readonly #client: BambooClient;

  constructor(private readonly source: Source) {
    this.#client = new BambooClient(source);
  }

  async readRecord(recordId: string, call: Call): Promise<HrRecord | undefined> {
    const employee = await this.#client.employee(recordId, call);
    if (employee === undefined) return undefined;
    const rows = await this.#client.statusRows(recordId, call);
    const { person, options } = this.source;
    const { terminatedStatuses } = options as Options;
    const { location } = employee;
    const isConfigured = location === undefined || person.timeZones[location] !== undefined;
    const timeZone = isConfigured ? undefined : await this.#client.timeZone(location, call);
    const record = recordOf({ recordId, employee, rows, terminatedStatuses, person, timeZone });
    refuseContradiction(record, employee);
    return record;
  }
}

/** A company may name its statuses as it likes: one that we do not know as an end would hide a leaver. */
function refuseContradiction({ employments }: HrRecord, { status }: Employee): void {
  const last = employments.at(-1);
  const today = new Date().toISOString().slice(0, 'yyyy-mm-dd'.length);
  const hasBegun = last !== undefined && last.startsOn < today;
  if (status?.toLowerCase() === 'inactive' && hasBegun && last.endsOn === undefined) {
    throw new HrRecordUnusable(
      'the employee is Inactive, and no row of the employment status says that it ended: add the status that means so to options.terminatedStatuses',
    );
  }
}
