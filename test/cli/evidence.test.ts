import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import Libsql from 'libsql';
import { listFlows } from '../../client/watch';
import type { EvidenceHead } from '../../domain/evidence';
import type { FlowKind } from '../../domain/flow';
import { openStore } from '../../store/open-store';
import { startEngine, type RunningEngine } from '../../workers/engine/start';
import { ensureSearchAttributes } from '../../workers/search-attributes';
import { searchAttributes } from '../../workflows/messages';
import { batch, draft } from '../store/suite/sample';
import { newDesk, type Desk } from './rig';

const config = `
store: { url: 'sqlite:tenure.db' }
targets:
  - { id: vault, type: cyberark-privilege-cloud, baseUrl: 'https://vault.acme.test/api', auth: { token: '\${env:T}' } }
`;

/** Everybody in Temporal is looked at, so that nobody else's flows may be there: an engine of its own. */
let engine: RunningEngine;
let client: Client;
let desk: Desk;
let env: NodeJS.ProcessEnv;
const heads = new Map<string, EvidenceHead>();

beforeAll(async () => {
  engine = await startEngine({ port: 'auto', uiPort: 'none' });
  const { address, namespace } = engine;
  env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const connection = await Connection.connect({ address });
  await ensureSearchAttributes({ connection, namespace });
  client = new Client({ connection, namespace });
  desk = newDesk();
  writeFileSync(path.join(desk.cwd, 'tenure.yaml'), config);
  await writeStore();
  await ended('leaver', 'e1');
  await ended('leaver', 'e2');
  // Of a joiner alone: every kind of flow leaves a head.
  await ended('joiner', 'e3');
  while ((await listFlows({ client, filter: { isCompleted: true } })).length < 3) await wait(100);
});
afterAll(async () => {
  desk.remove();
  await client.connection.close();
  await engine.stop();
});

async function writeStore(): Promise<void> {
  const store = await openStore(`sqlite:${path.join(desk.cwd, 'tenure.db')}`);
  await store.migrate();
  for (const personId of ['e1', 'e2', 'e3']) {
    heads.set(personId, await store.evidence.append(batch({ personId, entries: [draft(), draft()] })));
  }
  await store.close();
}

/** A flow that has returned its report, as whoever works the queue `tenure` would have it. */
async function ended(kind: FlowKind, personId: string): Promise<void> {
  const taskQueue = `evidence-${randomUUID()}`;
  await client.workflow.start(kind, {
    workflowId: `${kind}:${personId}`,
    taskQueue,
    typedSearchAttributes: [
      { key: searchAttributes.person, value: personId },
      { key: searchAttributes.flow, value: kind },
    ],
  });
  const { namespace } = engine;
  const task = await client.withDeadline(Date.now() + 20_000, () =>
    client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue } }),
  );
  const report = { personId, outcome: 'complete', exceptions: [], evidence: heads.get(personId) };
  await client.workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken: task.taskToken,
    commands: [
      {
        commandType: temporal.api.enums.v1.CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
        completeWorkflowExecutionCommandAttributes: {
          result: { payloads: toPayloads(defaultPayloadConverter, report) ?? [] },
        },
      },
    ],
  });
}

const run = (line: string, more: NodeJS.ProcessEnv = env) => desk.run(line, { env: more });
const away = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

describe('while nobody has touched the store', () => {
  it('everything is intact, and each says what it was compared with', async () => {
    const { code, out } = await run('evidence verify --all');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('everybody: intact, 6 entries') });
    expect(out).toContain('everybody: intact, 6 entries, compared with the store alone');
    expect(out).toMatch(/e1: intact, 2 entries, compared with the result of leaver:e1, run/);
    expect(out).toMatch(/e3: intact, 2 entries, compared with the result of joiner:e3, run/);
  });

  it('is shown as one JSON document, of one person or of everybody', async () => {
    const own = JSON.parse((await run('evidence show e1 --json')).out) as { personId: string; personSeq: number }[];
    expect(own.map(({ personId, personSeq }) => [personId, personSeq])).toEqual([
      ['e1', 1],
      ['e1', 2],
    ]);
    expect(JSON.parse((await run('evidence show --all --json')).out)).toHaveLength(6);
  });

  it('says so when Temporal was not asked', async () => {
    const { code, out, err } = await run('evidence verify e1', away);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('compared with the store alone') });
    expect(err).toContain('Compared with the store alone, not with Temporal');
    const nobody = await run('evidence verify nobody', away);
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('and Temporal was not asked') });
    expect(await run('evidence verify nobody')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no evidence of a person nobody in the store or in Temporal'),
    });
  });

  it('an export names the heads, and claims no more than was compared', async () => {
    expect((await run('evidence export e1 --html e1.html')).code).toBe(0);
    const page = readFileSync(path.join(desk.cwd, 'e1.html'), 'utf8');
    expect(page).toContain('none changed, removed, inserted or moved');
    expect(page).toMatch(/the result of leaver:e1, run/);
    expect(JSON.parse((await run('evidence export e1')).out)).toMatchObject({
      comparedWith: [expect.stringContaining('the result of leaver:e1')],
      verification: { intact: true },
    });
    expect(JSON.parse((await run('evidence export e1', away)).out)).toMatchObject({ comparedWith: [] });
  });
});

describe('when a person was taken out of the store with every trace', () => {
  beforeAll(() => {
    const database = new Libsql(path.join(desk.cwd, 'tenure.db'));
    const triggers = database.prepare("select name from sqlite_master where type = 'trigger'").all();
    for (const { name } of triggers as { name: string }[]) database.exec(`drop trigger ${name}`);
    database.exec("delete from evidence where person_id = 'e3'");
    database.exec("delete from evidence_head where scope = 'e3'");
    const last = '(select hash from evidence order by seq desc limit 1)';
    database.exec(`update evidence_head set count = 4, head = ${last} where scope = '*'`);
    database.close();
  });

  it('the head in Temporal gives it away, asked about everybody or about that person', async () => {
    const all = await run('evidence verify --all');
    expect(all).toMatchObject({ code: 3, out: expect.stringContaining('everybody: intact, 4 entries') });
    expect(all.out).toMatch(/e3: NOT intact, compared with the result of joiner:e3, run .*\n {2}cut-off: .*ends at 0/);
    const one = await run('evidence verify e3');
    expect(one).toMatchObject({ code: 3, out: expect.stringContaining('cut-off') });
  });

  it('an export of that person says that the chain is broken', async () => {
    const { code, out } = await run('evidence export e3 --html');
    expect({ code, out }).toEqual({ code: 3, out: expect.stringContaining('The chain is broken') });
    expect((await run('evidence export --all --output out')).code).toBe(3);
    expect(JSON.parse(readFileSync(path.join(desk.cwd, 'out/e3.json'), 'utf8'))).toMatchObject({
      verification: { intact: false, faults: [{ what: 'cut-off' }] },
    });
  });

  it('so does a head that somebody kept on paper', async () => {
    const { code, out } = await run(`evidence verify e3 --head ${heads.get('e3')?.head}`, away);
    expect({ code, out }).toEqual({ code: 3, out: expect.stringMatching(/compared with --head\n {2}cut-off/) });
  });
});
