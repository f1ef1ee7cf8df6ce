import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { HrEvent } from '../../domain/event';
import { nameOf } from '../../domain/person';

/** Someone with accounts on the stand-ins. */
export interface Resident {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly displayName?: string;
  /** Targets where they have a second account, `<username>-adm`; absent: as the stand-ins see fit. */
  readonly adminOn?: readonly string[];
  /** Targets where they have accounts at all; absent: everywhere. */
  readonly targets?: readonly string[];
}

export interface Company {
  /** The day as of which the sample's events are written. */
  readonly asOf: string;
  readonly people: readonly Resident[];
}

/** The folder of the sample company, beside the sources or one level above `dist`. */
export const sampleFolder = path.join(packageFolder(__dirname), 'examples', 'acme');

export function sampleCompany(): Company {
  const text = fs.readFileSync(path.join(sampleFolder, 'company.yaml'), 'utf8');
  // The day stays text: YAML 1.2 knows no dates.
  return parse(text) as Company;
}

/** The people whom a file of HR events speaks of, with accounts everywhere: what a play of one's own file needs. */
export function companyOf(events: readonly HrEvent[]): readonly Resident[] {
  const people = new Map<string, Resident>();
  for (const { data } of events) {
    const { id, username = data.person.email?.split('@')[0] ?? data.person.id, email } = data.person;
    const { givenName, familyName } = data.person;
    people.set(id, {
      ...{ id, username, email: email ?? `${username}@example.test`, displayName: nameOf(data.person) },
      ...(givenName === undefined ? {} : { givenName }),
      ...(familyName === undefined ? {} : { familyName }),
    });
  }
  return [...people.values()];
}

function packageFolder(from: string): string {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
  }
  return from;
}
