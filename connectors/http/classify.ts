import {
  VendorAnswerInvalid,
  VendorConflict,
  VendorRejected,
  VendorThrottled,
  VendorUnauthorized,
  VendorUnavailable,
  type ConnectorError,
  type ErrorContext,
} from '../errors';
import type { Problem } from './contract';

export interface Refusal {
  readonly target: string;
  readonly operation: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problem: Problem;
  readonly requestId?: string;
  readonly retryableCodes?: readonly string[];
}

/** The class of an answer outside 2xx: by status and by the vendor's code, never by its words. */
export function refusalOf(refusal: Refusal): ConnectorError {
  const { status, problem, headers, retryableCodes = [] } = refusal;
  const wait = retryAfterOf(headers);
  const context = contextOf(refusal, wait);
  const text = textOf(status, problem);
  if (status === 425 || status === 429) return new VendorThrottled(text, context);
  if (problem.code !== undefined && retryableCodes.includes(problem.code)) return new VendorUnavailable(text, context);
  if (status >= 300 && status < 400) return new VendorAnswerInvalid(`${text}: ${redirectAdvice(headers)}`, context);
  switch (status) {
    case 401:
      return new VendorUnauthorized(text, context);
    case 409:
    case 412:
      return new VendorConflict(text, context);
    case 408:
      return new VendorUnavailable(text, context);
    // Not an outage: the vendor does not have this call and never will by itself.
    case 501:
      return new VendorRejected(text, context);
    default:
      return status >= 500 ? new VendorUnavailable(text, context) : new VendorRejected(text, context);
  }
}

function contextOf({ target, operation, status, problem, requestId }: Refusal, wait: number | undefined): ErrorContext {
  const delays = [408, 425, 429].includes(status) || status >= 500;
  return {
    ...{ target, operation, status },
    ...(problem.code !== undefined && { code: problem.code }),
    ...(requestId !== undefined && { requestId }),
    ...(delays && wait !== undefined && { retryAfterMs: wait }),
  };
}

export function textOf(status: number, { code, message }: Problem): string {
  const said = [code, message].filter((part) => part !== undefined).join(': ');
  return said === '' ? `the vendor answered ${String(status)}` : `the vendor answered ${String(status)}: ${said}`;
}

function redirectAdvice(headers: Readonly<Record<string, string>>): string {
  const host = hostOf(headers['location']);
  return `it redirects${host === undefined ? '' : ` to ${host}`}, which is not followed; correct baseUrl (or auth.tokenUrl) or what stands in front of the vendor`;
}

function hostOf(location: string | undefined): string | undefined {
  return location !== undefined && URL.canParse(location) ? new URL(location).host : undefined;
}

/**
 * Milliseconds until the vendor wants to be asked again: Retry-After as seconds or HTTP date, else the reset headers
 * that vendors use (Beyond Identity SCIM: RateLimit-Reset; PRA: X-RateLimit-*), as seconds from now or as an epoch.
 */
export function retryAfterOf(headers: Readonly<Record<string, string>>, now = Date.now()): number | undefined {
  const vendorNow = Date.parse(headers['date'] ?? '');
  const here = Number.isNaN(vendorNow) ? now : vendorNow;
  const retryAfter = headers['retry-after'];
  if (retryAfter !== undefined) {
    if (/^\s*\d+(\.\d+)?\s*$/.test(retryAfter)) return Math.round(Number(retryAfter) * 1000);
    const date = Date.parse(retryAfter);
    if (!Number.isNaN(date)) return Math.max(0, date - here);
  }
  const reset = headers['ratelimit-reset'] ?? headers['x-ratelimit-reset'] ?? headers['x-rate-limit-reset'];
  const value = reset === undefined || reset.trim() === '' ? NaN : Number(reset);
  if (Number.isNaN(value) || value < 0) return undefined;
  if (value > 1e12) return Math.max(0, Math.round(value - here));
  if (value > 1e9) return Math.max(0, Math.round(value * 1000 - here));
  return Math.round(value * 1000);
}
