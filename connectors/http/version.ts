import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `tenure/<version>`: some vendors refuse requests without a user agent (vendor-apis 6). */
export const userAgent = `tenure/${versionAbove(__dirname)}`;

/** The sources and the compiled copy lie at different depths below our package.json. */
function versionAbove(directory: string): string {
  const file = join(directory, 'package.json');
  if (existsSync(file)) {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (name === 'tenure' && version !== undefined) return version;
  }
  const parent = dirname(directory);
  return parent === directory ? 'unknown' : versionAbove(parent);
}
