import type { Expression } from './cel/compile';
import type { AttributeTemplates } from './attributes';
import type { Template } from './template';

/** A rule as loaded: who gets what, where. */
export interface Rule {
  readonly id: string;
  readonly description?: string | undefined;
  readonly when: Expression;
  readonly unless?: Expression | undefined;
  readonly targets: readonly string[];
  readonly account: AccountTemplate;
  readonly grants: readonly GrantRule[];
}

export interface AccountTemplate {
  readonly username?: Template | undefined;
  readonly attributes: AttributeTemplates;
}

export interface GrantRule {
  readonly kind: string;
  readonly name: string;
  readonly privileged: boolean;
  /** ISO 8601, from the first day on. */
  readonly for?: string | undefined;
  readonly until?: End | undefined;
}

/** A date or time as written, or an expression that gives one. */
export type End = { readonly text: string } | { readonly expression: Expression };

/** Nobody whom it matches has accounts on these targets, whatever the rules say. */
export interface Exclusion {
  readonly when: Expression;
  /** Absent: all. */
  readonly targets?: readonly string[] | undefined;
  readonly why?: string | undefined;
}

export interface AccessRules {
  readonly rules: readonly Rule[];
  readonly exclusions: readonly Exclusion[];
  readonly defaults: ReadonlyMap<string, AccountTemplate>;
}
