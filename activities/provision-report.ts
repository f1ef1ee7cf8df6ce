import type { Difference } from '../connectors/connector';
import type { DesiredAccount } from '../domain/access';
import type { Account, AccountId, BeforeImage } from '../domain/account';
import type { Parked } from '../domain/containment';
import type { EvidenceDraft } from '../domain/evidence';
import type { ProvisionedAccount, ProvisionInput, ProvisionReport } from '../domain/provisioning';
import { newAccount, type Progress, type ProvisionProgress } from './creation';
import type { Finding } from './finding';
import type { ToldFields } from './person-fields';
import type { Serving } from './serving';
import type { TargetDesk, TargetRun } from './target-run';
import type { Foreseen } from './would-provision';

/** What became of one account that policy wants. */
export interface Provisioned {
  readonly desired: DesiredAccount;
  readonly account?: Account;
  readonly how?: ProvisionedAccount['how'];
  readonly outcome: 'done' | 'already' | 'done-on-retry' | 'refused';
  readonly enabledHere?: boolean;
  /** An earlier run of this step created it: how this one found it. */
  readonly foundAs?: BeforeImage;
  readonly differences?: readonly Difference[];
  /** Fields that were sent and that the vendor does not show. */
  readonly notShown?: readonly string[];
  readonly refusal?: Parked;
  readonly requestIds: readonly string[];
}

interface Reporting {
  readonly desk: TargetDesk;
  readonly run: TargetRun<ProvisionProgress>;
  readonly input: ProvisionInput;
  readonly finding: Finding;
  readonly serving: Serving;
  readonly told: ToldFields;
  readonly progress: Progress;
  readonly results: readonly Provisioned[];
  readonly doubt?: Parked;
  readonly observed?: Foreseen;
}

const step = 'provisionAccounts';

export function provisionReport(reporting: Reporting): ProvisionReport {
  const { input, finding, serving, results, doubt, observed, progress } = reporting;
  const parked = doubt ?? results.find((one) => one.refusal !== undefined)?.refusal ?? finding.parked;
  const handOver = handOvers(reporting);
  const made = results.flatMap((one) => accountOf(input, one));
  const absentBefore = Object.keys(progress.creating);
  const { grantsNeedEnabled } = reporting.desk.connector.abilities;
  return {
    ...summary(reporting),
    ...(parked === undefined ? {} : { parked }),
    ...(handOver.length === 0 ? {} : { handOver }),
    ...(absentBefore.length === 0 ? {} : { absentBefore }),
    ...(input.staysDisabled === true && grantsNeedEnabled !== undefined ? { grantsNeedEnabled } : {}),
    accounts: observed === undefined ? made : servingNow(input, serving),
    before: { ...progress.seen, ...progress.before },
    evidence: evidenceOf(reporting),
  };
}

function summary({ desk, input, results, doubt, observed }: Reporting): Pick<ProvisionReport, 'outcome' | 'detail'> {
  if (doubt !== undefined) return { outcome: 'pending', detail: doubt.detail };
  if (observed !== undefined) {
    const would = observed.would.length === 0 ? 'would change nothing' : `would ${observed.would.join('; ')}`;
    return { outcome: 'observed', detail: `mode observe: ${would}` };
  }
  if (input.desired.length === 0) return { outcome: 'already', detail: 'policy wants no account here' };
  const outcomes = results.map((one) => one.outcome);
  const outcome = (['done', 'done-on-retry'] as const).find((one) => outcomes.includes(one)) ?? 'already';
  const words = results.map((one) => wordsFor(input, one)).join(', ');
  const { grantsNeedEnabled } = desk.connector.abilities;
  const isLate = grantsNeedEnabled !== undefined && results.some((one) => waitsForFirstDay(input, one));
  return { outcome, detail: isLate ? `${words}; entitlements are given then: ${grantsNeedEnabled}` : words };
}

function wordsFor(input: ProvisionInput, result: Provisioned): string {
  const { desired, account, outcome } = result;
  const name = account?.username ?? desired.username;
  if (outcome === 'refused') return `${name} refused`;
  return `${name} ${deedOf(result)}${waitsForFirstDay(input, result) ? ', disabled until the first day' : ''}`;
}

function deedOf({ account, how, outcome, foundAs, differences = [] }: Provisioned): string {
  if (how === 'created' && foundAs === undefined)
    return `created${outcome === 'done-on-retry' ? ' (found on retry)' : ''}`;
  const changed = differences.map((one) => one.name).join(', ');
  const enabled = account?.enabled === false ? 'disabled' : 'enabled';
  const what = outcome === 'already' ? 'as it should be' : changed === '' ? enabled : `changed (${changed})`;
  return how === 'adopted' ? `adopted, ${what}` : what;
}

/** Not enabled, and this is the lead: it has to be on the first day. */
function waitsForFirstDay({ staysDisabled }: ProvisionInput, { account }: Provisioned): boolean {
  return staysDisabled === true && account !== undefined && account.enabled !== true;
}

/** One that refused a change is among them: it is there, and an undo has to know of it. */
function accountOf(input: ProvisionInput, result: Provisioned): readonly ProvisionedAccount[] {
  const { desired, account, how, enabledHere } = result;
  if (account === undefined || how === undefined) return [];
  const { id, username } = account;
  const waits = waitsForFirstDay(input, result) ? { staysDisabled: true as const } : {};
  return [{ id, username, serves: desired.username, how, enabledHere: enabledHere === true, ...waits }];
}

/** Mode observe: the accounts that are there, for the steps that only look as well. */
function servingNow(input: ProvisionInput, serving: Serving): readonly ProvisionedAccount[] {
  return serving.pairs.flatMap(({ desired, account, isUntouchable }) => {
    if (account === undefined || isUntouchable) return [];
    const how = input.links.some((link) => link.id === account.id) ? ('already' as const) : ('adopted' as const);
    const { id, username } = account;
    return [{ id, username, serves: desired.username, how, enabledHere: false }];
  });
}

/** What a person must do before the new one can sign in. A created account that needs nothing has no entry. */
function handOvers({ desk, input, told, results }: Reporting): readonly string[] {
  return results.flatMap((result) => {
    const { desired, how, outcome, foundAs } = result;
    if (how !== 'created' || outcome === 'already' || foundAs !== undefined) return [];
    const wanted = newAccount({ desk, input, desired, fields: told.fields });
    const { handOver, needsEnabled } = desk.connector.firstSignIn(wanted);
    if (handOver === undefined) return [];
    const isTooEarly = needsEnabled === true && waitsForFirstDay(input, result);
    return [isTooEarly ? `${handOver} Not before the first day: until then the account is disabled.` : handOver];
  });
}

function evidenceOf(reporting: Reporting): readonly EvidenceDraft[] {
  const { run, finding, results, doubt, observed, serving } = reporting;
  if (doubt !== undefined) return [run.draft({ step, outcome: doubt.reason, detail: doubt.detail })];
  if (observed !== undefined) {
    const { detail } = summary(reporting);
    return [run.draft({ step, outcome: 'observed', detail, data: observed })];
  }
  const untouched = finding.untouched
    .filter(({ account }) => serving.pairs.some((pair) => pair.account === account))
    .map(({ account, why }) =>
      run.draft({ step, outcome: 'protected', account: { id: account.id, username: account.username }, detail: why }),
    );
  const all = [...results.map((one) => evidenceOfOne(reporting, one)), ...untouched];
  return all.length > 0 ? all : [run.draft({ step, ...summary(reporting) })];
}

function evidenceOfOne({ run, input, told, progress }: Reporting, result: Provisioned): EvidenceDraft {
  const { desired, account, how, outcome, foundAs, differences = [], notShown = [], refusal, requestIds } = result;
  const images = { ...progress.seen, ...progress.before };
  const notKept = [...told.notKept, ...notShown.map((name) => `${name}: sent, and not shown by the vendor afterwards`)];
  return run.draft({
    ...{ step, outcome, requestIds },
    ...(account === undefined ? {} : { account: { id: account.id, username: account.username } }),
    ...(how === undefined ? {} : { before: foundAs ?? beforeOf(how, account?.id, images) }),
    ...(account === undefined || refusal !== undefined ? {} : { after: account }),
    detail: refusal?.detail ?? wordsFor(input, result),
    data: {
      ...{ serves: desired.username, how, because: desired.because },
      changed: differences.map(({ name, from, to }) => ({ name, from, to })),
      ...(notKept.length === 0 ? {} : { notKept }),
    },
  });
}

function beforeOf(
  how: Provisioned['how'],
  id: AccountId | undefined,
  before: Readonly<Record<AccountId, BeforeImage>>,
): unknown {
  if (how === 'created') return 'absent';
  return id === undefined ? undefined : before[id];
}
