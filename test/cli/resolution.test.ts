import { newNotes, sendResolve } from '../../cli/resolution';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { newDesk } from './rig';

test('what came since is told apart, also when the first notes are shown no more', () => {
  expect(newNotes([], ['a'])).toEqual(['a']);
  expect(newNotes(['a', 'b'], ['a', 'b'])).toEqual([]);
  expect(newNotes(['a', 'a'], ['a', 'a', 'a'])).toEqual(['a']);
  expect(newNotes(['a', 'b', 'c'], ['b', 'c', 'd'])).toEqual(['d']);
  expect(newNotes(['a', 'b'], ['c', 'd'])).toEqual(['c', 'd']);
});

/** A flow that reads one message and says that. */
const flowThatSays = (answer: string) => {
  let notes: readonly string[] = ['resolve by ann (asserted): began disableAccounts on a again'];
  const handle = {
    query: async () => ({ state: 'blocked', targets: [], notes }),
    executeUpdate: async () => {
      notes = [...notes, answer];
      return { accepted: true, message: 'resolve received' };
    },
  };
  const client = {
    workflow: { getHandle: () => handle },
    withDeadline: async (_at: number, go: () => unknown) => go(),
  };
  const input = { target: 'a', action: 'retry', reason: 'mended' } as const;
  return sendResolve({ client: client as never, workflowId: 'leaver:e1', input });
};

it.each([
  ['began disableAccounts on a again', true],
  ['ann released the protected account on a; one more person has to', true],
  ['nothing to resolve on a: no step is parked or waiting', false],
  ['nothing to resolve on a: no step is parked or waiting; lets nobody go: two people have to', false],
  ['not applied: ann may not; ask somebody else', false],
  ['began grantEntitlements on a again; nothing to resolve on a: no step is parked or waiting', true],
])('%s: %s', async (answer, applied) => {
  const remark = `resolve by ann@acme.test (asserted): ${answer}`;
  expect(await flowThatSays(remark)).toEqual({ way: 'update', message: remark, applied });
});

test('a step that no flow has, and with --all a target that is not configured, are refused before anything is sent', async () => {
  const desk = newDesk();
  try {
    const target = "{ id: vault, type: delinea-scim, baseUrl: 'https://v.test/scim/v2', auth: { token: '${env:T}' } }";
    writeFileSync(path.join(desk.cwd, 'tenure.yaml'), `targets: [${target}]\n`);
    const step = await desk.run('resolve leaver:e1 --target vault --step disable --reason x');
    expect(step).toMatchObject({ code: 2, err: expect.stringContaining('disableAccounts') });
    const all = await desk.run('resolve --all --target valt --reason x', { env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
    expect(all).toMatchObject({ code: 1, err: expect.stringContaining('No target is called valt') });
    expect(all.err).not.toContain('Temporal:');
  } finally {
    desk.remove();
  }
});
