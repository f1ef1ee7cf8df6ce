import { strengths, type Strength } from './flow';
import type { Approvers } from './settings';

/** Who sent a message, as far as it could be established. */
export interface Sender {
  /** Shown to people: the token's or principal's subject, or what the message claims. */
  readonly name: string;
  readonly strength: Strength;
  /** Where it was read: event id in the history, token id. */
  readonly source: string;
  readonly at: string;
  /** A proof was given and is none: why. Nothing else that the message says of its sender counts then. */
  readonly refused?: string;
}

export interface Decision {
  readonly sender: Sender;
  readonly approved: boolean;
  readonly reason: string;
}

export interface Verdict {
  readonly state: 'open' | 'approved' | 'rejected';
  /** In the order of the decisions: whether each counted, and why not. */
  readonly counted: readonly { readonly counted: boolean; readonly why?: string }[];
}

/**
 * Four eyes over one removal plan: `count` different people out of `allowed`, each once; never the requester or the
 * subject; nobody weaker than `minStrength`. One rejection that counts ends the round.
 */
export function tally({
  decisions,
  approvers,
  excluded,
}: {
  decisions: readonly Decision[];
  approvers: Approvers;
  excluded: readonly string[];
}): Verdict {
  const approvedBy = new Set<string>();
  let rejected = false;
  const counted = decisions.map(({ sender, approved }) => {
    const why = refusalOf({ sender, approvers, excluded });
    if (why !== undefined) return { counted: false, why };
    const name = sender.name.toLowerCase();
    if (approved && approvedBy.has(name)) return { counted: false, why: 'this person has approved already' };
    if (approved) approvedBy.add(name);
    else rejected = true;
    return { counted: true };
  });
  if (rejected) return { state: 'rejected', counted };
  return { state: approvedBy.size >= approvers.count ? 'approved' : 'open', counted };
}

/** Why this sender's word cannot count; undefined when it can. */
export function refusalOf({
  sender,
  approvers,
  excluded,
}: {
  sender: Sender;
  approvers: Approvers;
  excluded: readonly string[];
}): string | undefined {
  if (sender.refused !== undefined) return `the token was refused: ${sender.refused}`;
  const name = sender.name.toLowerCase();
  if (name === '') return 'nobody is named: say who you are (approver), or sign in';
  if (excluded.includes(name)) return 'the requester and the person concerned cannot decide';
  if (!isStrongEnough(sender.strength, approvers.minStrength)) {
    return `who decided is only ${sender.strength}; approvers.minStrength asks for ${approvers.minStrength}`;
  }
  if (approvers.allowed !== undefined && !approvers.allowed.some((one) => one.toLowerCase() === name)) {
    return 'not one of approvers.allowed';
  }
  return undefined;
}

/** `principal` and `token` are both proof; `asserted` is a claim. */
export function isStrongEnough(strength: Strength, needed: Strength): boolean {
  if (needed === 'principal') return strength !== 'asserted';
  return strengths.indexOf(strength) <= strengths.indexOf(needed);
}
