import type { EvidenceEntry } from '../../domain/evidence';
import { visible } from '../../domain/visible';

/** One line an entry: when, what, where, how it ended, who. */
export function evidenceLines(entries: readonly EvidenceEntry[]): string {
  return entries.map(lineOf).join('\n');
}

function lineOf({ at, kind, step, target, account, outcome, actor, detail }: EvidenceEntry): string {
  const where =
    target === undefined ? '' : ` ${target}${account === undefined ? '' : ` ${account.username ?? account.id}`}`;
  const who =
    actor === undefined ? '' : ` by ${actor.name}${actor.strength === undefined ? '' : ` (${actor.strength})`}`;
  return visible(`${at} ${step ?? kind}${where}: ${outcome}${who}${detail === undefined ? '' : ` - ${detail}`}`);
}
