import type { KeyName } from '../../domain/correlation';
import { stepsOf, valueAt } from './mapping';
import { activeStyles, type ActiveStyle } from './quirk';
import type { Group, User } from './wire';

/** Records read in vain before an attribute counts as one that this server shows nowhere. */
const enough = 3;

/**
 * What this server has shown of itself, for as long as the connector lives: what it shows nowhere and what it refuses is
 * not asked for again and again.
 */
export class Habits {
  readonly #records = new WeakSet<User>();
  readonly #inRows = new Set<string>();
  readonly #inRecords = new Set<string>();
  readonly #leftOut = new Set<string>();
  /** Rows that were compared with their records, and in how many of these an attribute was shown. */
  #compared = 0;
  readonly #shownIn = new Map<string, number>();
  readonly #answered = new Set<KeyName>();
  readonly #refused = new Set<KeyName>();
  #activeStyle: ActiveStyle | undefined;
  readonly #overlooked = new Set<ActiveStyle>();
  /** Members of each group, as last shown. */
  readonly #members = new Map<string, number>();
  #showsMembers = false;

  sawRows(rows: readonly User[]): void {
    for (const row of rows) for (const name of namesIn(row)) this.#inRows.add(name);
  }

  sawRecord(record: User): void {
    this.#records.add(record);
    for (const name of namesIn(record)) this.#inRecords.add(name);
  }

  sawBoth(row: User, record: User): void {
    this.#compared++;
    const inRow = namesIn(row);
    const inRecord = namesIn(record);
    for (const name of inRecord) if (!inRow.has(name)) this.#leftOut.add(name);
    for (const name of new Set([...inRow, ...inRecord])) this.#shownIn.set(name, (this.#shownIn.get(name) ?? 0) + 1);
  }

  isRecord(user: User): boolean {
    return this.#records.has(user);
  }

  /** Whether the user's own record may show one of these attributes that the user, as it was listed, does not. */
  isAbridged(user: User, paths: readonly string[]): boolean {
    if (this.#records.has(user)) return false;
    return paths.some((path) => !shows(user, path) && this.#mayLeaveOut(topOf(path)));
  }

  /** Rows are known to leave it out where the record has it. */
  leavesOut(attribute: string): boolean {
    return this.#leftOut.has(attribute);
  }

  #mayLeaveOut(name: string): boolean {
    if (this.#leftOut.has(name)) return true;
    if (this.#inRows.has(name)) return false;
    return this.#inRecords.has(name) || this.#compared - (this.#shownIn.get(name) ?? 0) < enough;
  }

  answeredBy(name: KeyName): void {
    this.#answered.add(name);
  }

  /** A key that was answered before is refused for one odd value, not for good. */
  refusedBy(name: KeyName): void {
    if (!this.#answered.has(name)) this.#refused.add(name);
  }

  refuses(name: KeyName): boolean {
    return this.#refused.has(name);
  }

  /** The form in which a change of `active` had its effect, last of all. */
  get activeStyle(): ActiveStyle | undefined {
    return this.#activeStyle;
  }

  /** A change of `active` in this form had its effect. */
  readActive(style: ActiveStyle): void {
    this.#activeStyle = style;
    this.#overlooked.delete(style);
  }

  /** A change of `active` in this form was accepted without a word, and nothing changed. */
  overlookedActive(style: ActiveStyle): void {
    this.#overlooked.add(style);
  }

  /** The form that had an effect, then `first` and those after it; last of all what was overlooked. */
  activeStyles(first: ActiveStyle): readonly ActiveStyle[] {
    const named = activeStyles.slice(activeStyles.indexOf(first));
    const all = [...new Set(this.#activeStyle === undefined ? named : [this.#activeStyle, ...named])];
    return [
      ...all.filter((style) => !this.#overlooked.has(style)),
      ...all.filter((style) => this.#overlooked.has(style)),
    ];
  }

  sawGroups(groups: readonly Group[]): void {
    for (const { id, members } of groups) {
      if (members === undefined) continue;
      this.#members.set(id, members.length);
      if (members.length > 0) this.#showsMembers = true;
    }
  }

  /** Some group has shown members, now or before. */
  get showsMembers(): boolean {
    return this.#showsMembers;
  }

  /** Before the write leaves: a lost reply may have taken the member away too. */
  takingMember(groupId: string): void {
    const held = this.#members.get(groupId) ?? 0;
    if (held > 0) this.#members.set(groupId, held - 1);
  }

  /**
   * Whether the groups without `members` are empty ones: servers leave out what is unassigned (RFC 7643 2.5). They are, on
   * a server that has shown members. Where all are silent at once, they must have been empty already: a token that has
   * lost the right to see members looks the same.
   */
  meansEmpty(groups: readonly Group[]): boolean {
    if (groups.some(({ members }) => members !== undefined && members.length > 0)) return true;
    return this.#showsMembers && groups.every(({ id }) => (this.#members.get(id) ?? 0) === 0);
  }
}

/** Null is the same as absent (RFC 7643 2.5). */
function shows(user: User, path: string): boolean {
  const value = valueAt(user, path);
  return value !== undefined && value !== null;
}

function namesIn(user: User): ReadonlySet<string> {
  const shown = Object.entries(user).filter(([, value]) => value !== undefined && value !== null);
  return new Set(shown.map(([name]) => name));
}

function topOf(path: string): string {
  return stepsOf(path)[0] ?? path;
}
