import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of Tenure, from its package file: beside the sources, or one level above `dist`. */
export const productVersion: string = readVersion(__dirname);

function readVersion(from: string): string {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'tenure' && version !== undefined) return version;
    } catch {
      continue; // no package file here: one level up
    }
  }
  return '0.0.0';
}
