import type { CorrelationRule } from './correlation';
import type { Strength } from './flow';
import type { NoticeSettings } from './notice';
import type { Mode, TargetType } from './target';

/** What flows and core activities may know of the configuration: no secrets, no addresses. */
export interface Settings {
  /** Version of Tenure that reads it. */
  readonly version: string;
  /** SHA-256 of the configuration file as read, secrets still being references. */
  readonly configHash: string;
  readonly defaultTimeZone: string;
  readonly mode: Mode;
  readonly targets: readonly TargetSettings[];
  readonly leaver: LeaverPolicy;
  readonly budget: Budget;
  readonly protected: Protected;
  /** Absent: nobody wants to be told of anything. */
  readonly notices?: NoticeSettings;
}

export interface TargetSettings {
  readonly id: string;
  readonly type: TargetType;
  /** Targets of one system hold the same accounts. */
  readonly system: string;
  /** Already the stricter of the global mode and the target's own. */
  readonly mode: Mode;
  readonly correlation: CorrelationRule;
  /** The API's own account as the configuration tells it; never changed. */
  readonly serviceAccount: string;
}

export interface LeaverPolicy {
  /** ISO 8601 durations throughout. */
  readonly retention: string;
  readonly deletion: {
    readonly mode: 'approval' | 'never';
    readonly targets: readonly string[] | 'all';
    readonly window: string;
    readonly approvers: Approvers;
  };
  readonly sessions: { readonly poll: string; readonly quiet?: string; readonly deadline: string };
}
export interface Approvers {
  readonly count: number;
  /** Absent: anybody but the requester and the subject. */
  readonly allowed?: readonly string[];
  readonly minStrength: Strength;
}

/** One budget over every trigger; `percentPerDay` is ignored under `minPeople`. */
export interface Budget {
  readonly perHour: number;
  readonly perDay: number;
  readonly percentPerDay: number;
  readonly minPeople: number;
  readonly urgentPerHour: number;
}
export interface Protected {
  readonly people: readonly string[];
  readonly accounts: readonly { readonly target: string; readonly username: string }[];
}
