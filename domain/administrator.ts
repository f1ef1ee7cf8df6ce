import type { Entitlement } from './account';

/** Whoever holds one of these is an administrator of the target; of each, so many enabled ones must stay. */
export interface AdminRule {
  readonly groups: readonly AdminGroup[];
  readonly min: number;
}

/** A group or role as the configuration names it: by name or by the vendor's id, compared exactly but for case. */
export interface AdminGroup {
  /** The vendor's own word: group, role… Absent: any kind of that name. */
  readonly kind?: string;
  readonly name: string;
}

/** Whether holding this makes an administrator. */
export function makesAdministrator({ groups }: AdminRule, { kind, id, name }: Entitlement): boolean {
  return groups.some((group) => {
    const wanted = group.name.toLowerCase();
    const isKind = group.kind === undefined || group.kind.toLowerCase() === kind.toLowerCase();
    return isKind && (id.toLowerCase() === wanted || name?.toLowerCase() === wanted);
  });
}
