import fs from 'node:fs';
import path from 'node:path';

/** The name under which Tenure makes the folder; one of another name may be used by others as well. */
const OWN_NAME = '.tenure';
const OTHERS = 0o077;

/**
 * Makes a folder that nobody but its owner may enter: histories, events and the store hold who leaves and why. One that
 * is there is closed as well when it is Tenure's own; a folder that somebody else owns or chose is left as it is.
 */
export function makeOwnFolder(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (path.basename(path.resolve(folder)) === OWN_NAME) closeToOthers(folder, 0o700);
}

/** A file of ours, if it is there, for its owner alone; whatever the folder allows. */
export function makeOwnFile(file: string): void {
  closeToOthers(file, 0o600);
}

function closeToOthers(place: string, mode: number): void {
  // Windows has no such modes, and a link leads to what may be anybody's.
  if (process.getuid === undefined) return;
  const found = fs.lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined || found.isSymbolicLink() || found.uid !== process.getuid()) return;
  if ((found.mode & OTHERS) !== 0) fs.chmodSync(place, mode);
}
