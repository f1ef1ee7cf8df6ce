import type { Faults, LoggedRequest } from '../core';

/** Somebody as HR knows them when they are hired. */
export interface HrEmployee {
  readonly firstName: string;
  readonly lastName: string;
  readonly workEmail: string;
  readonly department?: string;
  readonly title?: string;
  /** First day, `2026-11-30`. */
  readonly startsOn: string;
  /** The system's own name of the work location, and its country. */
  readonly location?: string;
  readonly country?: string;
  readonly managerId?: string;
}

/** A webhook request as the system sends it, signed; it can be sent in any order and any number of times. */
export interface HrMessage {
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MessageWish {
  /** Another key than the system's own, such as the next one. */
  readonly secret?: string;
  /** When it is sent; now by default. */
  readonly at?: Date;
}

/**
 * What every HR stand-in offers: an API with the system's own shapes, HR's hands on the records, and the webhooks that
 * each change would cause. It knows nothing of Tenure.
 */
export interface HrStandIn {
  readonly type: string;
  readonly baseUrl: string;
  /** What `auth` of a source would say, secrets in clear. */
  readonly auth: Readonly<Record<string, string>>;
  /** What its webhooks are signed with. */
  readonly webhookSecret: string;
  readonly requests: readonly LoggedRequest[];
  readonly faults: Faults;
  hire(employee: HrEmployee): string;
  change(id: string, fields: Partial<Omit<HrEmployee, 'startsOn'>>): void;
  terminate(id: string, end: { readonly on: string; readonly reason?: string }): void;
  /** The announced end is taken back, as far as the system keeps no trace of it. */
  cancelTermination(id: string): void;
  rehire(id: string, on: string): void;
  cancelRehire(id: string): void;
  remove(id: string): void;
  /** A field of the API that its caller may not see from now on. */
  hide(field: string): void;
  /** The same field may be seen again. */
  show(field: string): void;
  /** The webhook of one change. */
  message(kind: HrMessageKind, id: string, wish?: MessageWish): HrMessage;
  stop(): Promise<void>;
}

export const hrMessageKinds = ['hired', 'changed', 'terminated', 'cancelled', 'rehired', 'removed'] as const;
export type HrMessageKind = (typeof hrMessageKinds)[number];

/** Sends a message as the system does. */
export async function sendMessage({ body, contentType, headers }: HrMessage, url: string): Promise<Response> {
  return await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': contentType }, body });
}
