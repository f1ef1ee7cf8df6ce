import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'] as const;

// A closed network refuses the browser's own calls home, many at a time.
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium of this machine, without a window. */
export async function launchChromium(): Promise<Browser> {
  // Chromium refuses to run as root inside its own sandbox, and CI is root; it sees nothing but our own pages.
  return await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', ...quiet] });
}

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const found = names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    `No browser was found on PATH (looked for ${names.join(', ')}). The browser tests need one: on Debian, apt-get install chromium.`,
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
