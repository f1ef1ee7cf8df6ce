import type { Problem } from './contract';
import { scrub } from './scrub';

/**
 * What an error body says, whoever wrote it: `{ErrorCode, ErrorMessage}` (CyberArk self-hosted), `{error,
 * error_description}` (OAuth), `{code, message}`, `{message, errorCode}` (Secret Server), the SCIM Error, plain text or
 * an HTML page. Cut, and free of secrets.
 */
export function problemOf(text: string, secrets: Iterable<string> = []): Problem {
  if (looksLikeHtml(text)) return { message: scrub(`an HTML page${titleOf(text)}`, secrets) };
  const body = parsed(text);
  if (typeof body === 'string') return body === '' ? {} : { message: scrub(body, secrets) };
  const fields = fieldsOf(body);
  const { code, message } = read(fields);
  return {
    ...(code !== undefined && { code: scrub(code, secrets).slice(0, 80) }),
    ...(message !== undefined && { message: scrub(message, secrets) }),
  };
}

export function looksLikeHtml(text: string): boolean {
  return /^\uFEFF?\s*(<!doctype html|<html|<head|<body|<script)/i.test(text.slice(0, 400));
}

function titleOf(html: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html.slice(0, 4000))?.[1]?.trim();
  return title === undefined || title === '' ? '' : ` titled "${title}"`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.trim();
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields by lower-case name: vendors differ in case, and so do versions of one vendor. */
function fieldsOf(body: unknown): Fields {
  const object: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof object !== 'object' || object === null) return {};
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
}

function read(fields: Fields): { code: string | undefined; message: string | undefined } {
  const inner = typeof fields['error'] === 'object' ? fieldsOf(fields['error']) : undefined;
  if (inner !== undefined) return read(inner);
  const message = firstText(fields, ['errormessage', 'error_description', 'message', 'detail', 'details', 'title']);
  const code = firstText(fields, ['errorcode', 'error_code', 'code', 'scimtype', 'error']);
  const named = fields['errors'];
  const extra = typeof named === 'object' && named !== null && !Array.isArray(named) ? Object.keys(named) : [];
  const about = extra.length > 0 ? ` (${extra.join(', ')})` : '';
  return { code, message: message === undefined ? undefined : message + about };
}

function firstText(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}
