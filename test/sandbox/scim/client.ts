import type { StandIn } from '../../../sandbox/core';

export type Json = Record<string, unknown>;
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** The barest SCIM client: sends what it is told and tells what came. */
export function scimClient(standIn: StandIn) {
  const ask = async (method: string, path: string, body?: unknown, type = 'application/scim+json'): Promise<Answer> => {
    const headers = { authorization: `Bearer ${standIn.auth['token']}`, ...(body ? { 'content-type': type } : {}) };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(standIn.baseUrl + path, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? {} : (JSON.parse(text) as Json) };
  };
  const patch = (path: string, ...operations: Json[]) =>
    ask('PATCH', path, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: operations,
    });
  const find = async (path: string, filter: string): Promise<Json[]> => {
    const { body } = await ask('GET', `${path}?filter=${encodeURIComponent(filter)}`);
    return body['Resources'] as Json[];
  };
  const group = async (displayName: string) => {
    const [found] = await find('/Groups', `displayName eq "${displayName}"`);
    if (found === undefined) throw new Error(`no group ${displayName}`);
    const members = (found['members'] ?? found['Members']) as { value: string; display: string }[];
    return { id: String(found['id']), members: members.map((one) => one.display) };
  };
  return { ask, patch, find, group };
}

export const people = [
  {
    id: 'e1',
    username: 'anna@acme.test',
    email: 'anna@acme.test',
    givenName: 'Anna',
    familyName: 'Eriksen',
    displayName: 'Anna Eriksen',
    extraUsernames: ['anna-adm@acme.test'],
    groups: ['Vault Users', 'Linux Admins'],
    sessions: 2,
  },
  {
    id: 'e2',
    username: 'ben@acme.test',
    email: 'ben@acme.test',
    displayName: 'Ben',
    groups: ['Vault Users'],
    sessions: 0,
  },
];
