import { sameText } from './correlation';
import type { Person } from './person';

/** Whether the name is the person's own and not that of a second account, such as `aeriksen-adm`. */
export function isOwnName(username: string, { username: name, email }: Person): boolean {
  return sameText(username, name) || sameText(username, email);
}

/** Whether an account of this name is the one that policy calls `wanted`, under that name or another form of it. */
export function isFormOf(username: string, wanted: string, person: Person): boolean {
  return sameText(username, wanted) || formsOf(wanted, person).some((form) => sameText(form, username));
}

/** Other forms of a desired user name: the e-mail address for the user name, and former names in their place. */
function formsOf(username: string, person: Person): readonly string[] {
  const { username: name, email, aliases = [] } = person;
  if (isOwnName(username, person)) return [name, email, ...aliases].filter((form) => form !== undefined);
  return aliases.flatMap((alias) => {
    const current = alias.includes('@') ? email : name;
    return current === undefined ? [] : [replaced(username, current, alias)];
  });
}

function replaced(text: string, from: string, to: string): string {
  const at = text.toLowerCase().indexOf(from.toLowerCase());
  return at < 0 || from === '' ? text : text.slice(0, at) + to + text.slice(at + from.length);
}
