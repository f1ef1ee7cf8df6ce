import fs from 'node:fs';
import path from 'node:path';
import { findEngine } from '../../../workers/engine/find';
import { archiveOf, emptyMachine, startMirror, type Machine, type Mirror } from './fakes';

let machine: Machine;
const mirrors: Mirror[] = [];

beforeEach(() => {
  machine = emptyMachine();
});

afterEach(async () => {
  await Promise.all(mirrors.splice(0).map((mirror) => mirror.stop()));
  machine.remove();
});

async function mirror(...answer: Parameters<typeof startMirror>): Promise<Mirror> {
  const started = await startMirror(...answer);
  mirrors.push(started);
  return started;
}

function cached(version: string): string {
  return path.join(machine.folder, 'cache', 'engine', version, 'temporal');
}

function putInCache(version: string): void {
  fs.mkdirSync(path.dirname(cached(version)), { recursive: true });
  fs.writeFileSync(cached(version), machine.temporal(version), { mode: 0o755 });
}

const FAKE_GO = (built: string) => `
[ "$*" = "install -ldflags=-s -w github.com/temporalio/cli/cmd/temporal@v1.5.1" ] || { echo "asked for: $*"; exit 1; }
echo "$$" >> "$GOBIN/../../go-runs"
sleep 0.3
cat > "$GOBIN/temporal" <<'END'
${built}END
chmod +x "$GOBIN/temporal"`;

describe('path', () => {
  test('a recent program on PATH goes before the cache', async () => {
    machine.program('temporal', `echo 'temporal version 1.7.2 (Server 1.31.0, UI 2.45.0)'`);
    putInCache('1.5.1');
    const found = await findEngine({ env: machine.env });
    expect(found).toEqual({ path: path.join(machine.folder, 'bin', 'temporal'), version: '1.7.2', source: 'path' });
  });

  test('an old one, one that fails, and one that is something else are passed over', async () => {
    putInCache('1.5.1');
    for (const script of [`echo 'temporal version 1.4.9 (Server 1.28.0, UI 2)'`, 'exit 3', 'echo hello']) {
      machine.program('temporal', script);
      expect(await findEngine({ env: machine.env })).toMatchObject({ path: cached('1.5.1'), source: 'cache' });
    }
  });

  test('a build from source is judged by the server in it', async () => {
    machine.program('temporal', `echo 'temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)'`);
    expect(await findEngine({ env: machine.env })).toMatchObject({ source: 'path' });
    machine.program('temporal', `echo 'temporal version 0.0.0-DEV (Server 1.28.0, UI 2.42.1)'`);
    await expect(findEngine({ env: machine.env })).rejects.toThrow('1.5.0 or newer is needed');
  });
});

describe('cache', () => {
  test('the tested version goes before a newer one, and a broken one is passed over', async () => {
    putInCache('1.6.0');
    expect(await findEngine({ env: machine.env })).toMatchObject({ version: '1.6.0' });
    putInCache('1.5.1');
    expect(await findEngine({ env: machine.env })).toMatchObject({ version: '1.5.1' });
    fs.writeFileSync(cached('1.5.1'), 'half a file');
    expect(await findEngine({ env: machine.env })).toMatchObject({ version: '1.6.0' });
  });
});

describe('download', () => {
  test('asks as the SDK does, follows the answer, and keeps the program', async () => {
    const service = await mirror((url) => {
      if (url.pathname === '/cli/v1.5.1') return { archiveUrl: '/files/cli.tar.gz', fileToExtract: 'temporal' };
      if (url.pathname === '/files/cli.tar.gz') return '/moved/cli.tar.gz';
      return archiveOf('temporal', machine.temporal('1.5.1'));
    });
    const env = { ...machine.env, TENURE_ENGINE_URL: service.url };
    const said: string[] = [];

    const first = await findEngine({ env, say: (text) => said.push(text) });
    expect(first).toEqual({ path: cached('1.5.1'), version: '1.5.1', source: 'download' });
    expect(service.asked[0]).toMatch(/^\/cli\/v1\.5\.1\?arch=(amd64|arm64)&platform=(linux|darwin)&format=tar\.gz$/);
    expect(said).toEqual([expect.stringContaining('downloading the Temporal engine')]);

    expect(await findEngine({ env })).toMatchObject({ path: cached('1.5.1'), source: 'cache' });
    expect(fs.readdirSync(path.join(machine.folder, 'cache', 'engine'))).toEqual(['1.5.1']);
  });

  test('a mirror may be one file, and may hold another version', async () => {
    const files = await mirror(() => archiveOf('temporal', machine.temporal('1.6.3')));
    const env = { ...machine.env, TENURE_ENGINE_URL: `${files.url}/temporal_linux.tar.gz` };
    expect(await findEngine({ env })).toEqual({ path: cached('1.6.3'), version: '1.6.3', source: 'download' });
    expect(files.asked).toEqual(['/temporal_linux.tar.gz']);
  });

  test('a mirror without our version is asked for its own', async () => {
    const files = await mirror((url) =>
      url.pathname === '/cli/default' ? archiveOf('temporal', machine.temporal('1.5.4')) : 404,
    );
    const env = { ...machine.env, TENURE_ENGINE_URL: files.url };
    expect(await findEngine({ env })).toMatchObject({ version: '1.5.4', source: 'download' });
  });

  test.each([
    ['an archive without the program', () => archiveOf('other', 'x'), 'the archive holds no temporal'],
    [
      'an archive that ends early',
      () => archiveOf('temporal', 'x'.repeat(9000)).subarray(0, 90),
      'unexpected end of file',
    ],
    ['a page instead of an archive', () => Buffer.from('<html>sign in first</html>'), 'does not run'],
    ['a refusal', () => 403, 'HTTP 403'],
  ])('%s is a reason, and nothing of it is kept', async (_what, answer, reason) => {
    const files = await mirror(answer);
    const env = { ...machine.env, TENURE_ENGINE_URL: files.url };
    await expect(findEngine({ env })).rejects.toThrow(reason);
    expect(fs.readdirSync(path.join(machine.folder, 'cache', 'engine'))).toEqual([]);
  });
});

describe('go', () => {
  test('builds into the cache; two askers at once share one build', async () => {
    machine.program('go', FAKE_GO(machine.temporal('0.0.0-DEV')));
    const said: string[] = [];
    const both = await Promise.all([
      findEngine({ env: machine.env, say: (text) => said.push(text) }),
      findEngine({ env: machine.env, say: (text) => said.push(text) }),
    ]);
    expect(both.map((found) => found.path)).toEqual([cached('1.5.1'), cached('1.5.1')]);
    expect(both.map((found) => found.source).sort()).toEqual(['cache', 'go']);
    expect(said).toContainEqual(expect.stringMatching(/building .* with Go .*six minutes/));
    const runs = fs
      .readFileSync(path.join(machine.folder, 'cache', 'go-runs'), 'utf8')
      .trim()
      .split('\n');
    expect(runs).toHaveLength(1);
  });

  test('a build that fails leaves its reason and its log', async () => {
    machine.program('go', 'echo "no space left" >&2; exit 1');
    await expect(findEngine({ env: machine.env })).rejects.toThrow(/go install failed: no space left .*go-build\.log/);
  });
});

test('when nothing works, one message names each way, why it failed, and what to do', async () => {
  const said = await findEngine({ env: machine.env }).catch((error: Error) => error.message);
  expect(said).toMatch(/^ {2}path +no `temporal` on PATH$/m);
  expect(said).toMatch(/^ {2}cache +nothing in .*engine$/m);
  expect(said).toMatch(/^ {2}download +http:\/\/127\.0\.0\.1:9: connect ECONNREFUSED/m);
  expect(said).toMatch(/^ {2}go +no `go` on PATH$/m);
  expect(said).toMatch(/install the Temporal CLI[^]*TENURE_ENGINE_URL[^]*get-the-engine\.md/);
});

test('the ways can be chosen, and a wrong word is told', async () => {
  machine.program('temporal', `echo 'temporal version 1.7.2 (Server 1.31.0, UI 2.45.0)'`);
  await expect(findEngine({ env: { ...machine.env, TENURE_ENGINE_SOURCES: 'cache, go' } })).rejects.toThrow(
    /Tried:\n {2}cache .*\n {2}go .*\n[^]*/,
  );
  await expect(findEngine({ env: { ...machine.env, TENURE_ENGINE_SOURCES: 'cash' } })).rejects.toThrow(
    'TENURE_ENGINE_SOURCES names cash; it may hold path, cache, download, go',
  );
});
