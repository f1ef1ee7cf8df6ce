import fs from 'node:fs';
import path from 'node:path';
import { findTestServer } from '../../scripts/lib/test-server.cjs';
import { archiveOf, emptyMachine, startMirror, type Machine } from '../workers/engine/fakes';

let machine: Machine;

beforeEach(() => {
  machine = emptyMachine();
});

afterEach(() => machine.remove());

const place = () => path.join(machine.folder, 'cache', 'test-server', '1.32.1', 'temporal-test-server');
const withoutNetwork = () => ({ ...machine.env, TENURE_TEST_SERVER_URL: 'http://127.0.0.1:9' });

test('a download is kept, and found again without one', async () => {
  const mirror = await startMirror((url) =>
    url.pathname === '/temporal-test-server/v1.32.1' ? archiveOf('temporal-test-server', '#!/bin/sh\nexit 1\n') : 404,
  );
  const env = { ...machine.env, TENURE_TEST_SERVER_URL: mirror.url };
  expect(await findTestServer({ env })).toEqual({ path: place(), version: '1.32.1', source: 'download' });
  await mirror.stop();
  expect(await findTestServer({ env })).toMatchObject({ path: place(), source: 'cache' });
});

test('Maven fetches the Java library, and a wrapper starts it with the port it is given', async () => {
  machine.program('mvn', 'grep -q "<version>1.32.1</version>" pom.xml && mkdir lib && touch lib/server.jar');
  machine.program('java', `for word in "$@"; do echo "$word"; done > "${machine.folder}/started"`);
  const found = await findTestServer({ env: withoutNetwork() });
  expect(found).toMatchObject({ path: place(), source: 'maven' });

  const { execFileSync } = await import('node:child_process');
  execFileSync(found.path, ['7777'], { env: { PATH: `${machine.env.PATH}:/usr/bin:/bin` } });
  const started = fs.readFileSync(path.join(machine.folder, 'started'), 'utf8').trim().split('\n');
  expect(started.slice(-4)).toEqual([
    '-cp',
    `${path.dirname(place())}/lib/*`,
    'io.temporal.testserver.TestServer',
    '7777',
  ]);
});

test('when nothing works, one message names each way and what to do', async () => {
  const said = await findTestServer({ env: withoutNetwork() }).catch((error: Error) => error.message);
  expect(said).toMatch(/^ {2}cache +nothing in/m);
  expect(said).toMatch(/^ {2}download +http:\/\/127\.0\.0\.1:9: connect ECONNREFUSED/m);
  expect(said).toMatch(/^ {2}maven +no `java` and no `mvn` on PATH$/m);
  expect(said).toContain('TENURE_TEST_SERVER_URL');
});
