import fs from 'node:fs';
import path from 'node:path';
import { makeOwnFolder } from '../workers/engine/own-folder';
import { Complaint } from './exit';

export const defaultDataDir = '.tenure';

/** What a running `tenure start` tells the other commands. */
export interface RunningStart {
  readonly pid: number;
  readonly demo: boolean;
  /** Absolute path of the configuration that it runs with. */
  readonly config: string;
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  readonly gatewayUrl?: string;
}

export interface LockedDataDir {
  readonly path: string;
  /** Lets the other commands find what runs here. */
  announce(running: Omit<RunningStart, 'pid'>): void;
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same number; where the system offers it. */
  readonly born?: string;
}

/** Takes the folder for this process alone; two starts on one folder would each write over the other's engine. */
export function lockDataDir(folder: string): LockedDataDir {
  makeOwnFolder(folder);
  const lock = path.join(folder, 'start.lock');
  const running = path.join(folder, 'running.json');
  takeLock(lock, folder);
  return {
    path: folder,
    announce: (what) => writeWhole(running, JSON.stringify({ pid: process.pid, ...what }, null, 2)),
    release: () => {
      fs.rmSync(running, { force: true });
      fs.rmSync(lock, { force: true });
    },
  };
}

/** The start that runs on this folder; undefined when there is none, or when it was killed and left its note behind. */
export function runningStart(folder: string): RunningStart | undefined {
  const holder = readJson<Holder>(path.join(folder, 'start.lock'));
  const running = readJson<RunningStart>(path.join(folder, 'running.json'));
  if (holder === undefined || running?.pid !== holder.pid || !isAlive(holder)) return undefined;
  return running;
}

function takeLock(lock: string, folder: string): void {
  const born = bornAt(process.pid);
  const mine: Holder = { pid: process.pid, ...(born === undefined ? {} : { born }) };
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      fs.writeFileSync(lock, JSON.stringify(mine), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readJson<Holder>(lock);
    if (holder !== undefined && isAlive(holder)) {
      throw new Complaint(
        `${folder} is in use by another \`tenure start\` (process ${holder.pid}). Stop that one, or choose another folder with --data-dir.`,
      );
    }
    fs.rmSync(lock, { force: true }); // its holder was killed
  }
  throw new Complaint(`${lock} cannot be taken: another \`tenure start\` begins at the same moment. Try again.`);
}

function isAlive({ pid, born }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = bornAt(pid);
  return born === undefined || now === undefined || now === born;
}

/** Start time in clock ticks since boot, from the 22nd field of /proc/PID/stat (Linux); undefined elsewhere. */
function bornAt(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a reader never sees half a file. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.new`;
  fs.writeFileSync(draft, text, { mode });
  fs.renameSync(draft, file);
}
