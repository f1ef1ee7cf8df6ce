// `npm run histories:record`: runs the flows worth keeping on a real dev server and writes their histories to
// test/histories, under the version of package.json. Histories of other versions are left alone.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

/** A released version's flows are out there: its histories stay as they are. */
function isReleased() {
  try {
    return execFileSync('git', ['tag', '--list', `v${version}`], { cwd: root, encoding: 'utf8' }).trim() !== '';
  } catch {
    return false; // no git here, so nothing was released from here
  }
}

if (isReleased()) {
  process.stderr.write(
    `${version} is released, so its histories stay as they are. Raise the version in package.json, and record that one.\n`,
  );
  process.exitCode = 1;
} else {
  const args = ['node_modules/jest/bin/jest.js', '--config', 'test/replay/record/jest.config.js', '--runInBand'];
  const jest = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TENURE_RECORDED_VERSION: version },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
  jest.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
