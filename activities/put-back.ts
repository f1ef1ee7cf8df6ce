import type { Difference } from '../connectors/connector';
import { Unobservable, VendorConflict, VendorIgnoredWrite, VendorRejected } from '../connectors/errors';
import type { Account, BeforeImage } from '../domain/account';
import type { Parked } from '../domain/containment';
import { refusalOf } from './accounts';
import type { Caller, TargetDesk } from './target-run';
import { shown } from './would-provision';

/** What is to become of the attributes that a joiner or mover changed on an account that was there before. */
export interface AttributesBack {
  /** `from` what was written, `to` what was there before; only where it still reads as written. */
  readonly going: readonly Difference[];
  /** What is left as it is, and why. */
  readonly left: readonly string[];
  readonly would: readonly string[];
  /** Nothing could be put back after all. */
  readonly parked?: Parked;
}

interface Looking {
  readonly desk: TargetDesk;
  readonly run: Caller;
  readonly account: Account;
  /** Absent: created by the flow, or nobody saw how it was. */
  readonly image: BeforeImage | undefined;
}

/** Compares the account as it is with what was written and with how it was; changes nothing. */
export async function lookAtAttributes({ desk, run, account, image }: Looking): Promise<AttributesBack> {
  const { attributes = {}, written = {} } = image ?? {};
  const names = Object.keys(written);
  if (names.length === 0) return { going: [], left: [], would: [] };
  const reads = async (values: Readonly<Record<string, unknown>>) => {
    const compared = await desk.connector.compareAccount(account, { attributes: values }, run.call);
    return (name: string) => !compared.some((one) => one.name === name);
  };
  const known = names.filter((name) => name in attributes);
  const isAsWritten = await reads(written);
  const others = known.filter((name) => !isAsWritten(name));
  // An attempt whose reply was lost may have put it back already.
  const isBack = others.length === 0 ? () => false : await reads(pick(attributes, others));
  const going = known
    .filter((name) => isAsWritten(name))
    .map((name) => ({ name, from: written[name], to: attributes[name] }));
  return {
    going,
    left: [
      ...names.filter((name) => !(name in attributes)).map((name) => `${name}: how it was before was not shown`),
      ...others.filter((name) => !isBack(name)).map((name) => `${name}: somebody has changed it since`),
    ],
    would: going.map(({ name, to }) => `set ${name} of ${account.username} back to ${shown(to)}`),
  };
}

/** Puts back in one update, which reads back. What the vendor refuses is for a person: all else has been done before. */
export async function putBack({
  desk,
  run,
  account,
  attributes,
}: Omit<Looking, 'image'> & { readonly attributes: AttributesBack }): Promise<AttributesBack> {
  const { going, left } = attributes;
  if (going.length === 0) return attributes;
  const values = Object.fromEntries(going.map(({ name, to }) => [name, to]));
  try {
    const { notShown = [] } = await desk.connector.updateAccount(account, { attributes: values }, run.call);
    return {
      ...attributes,
      left: [...left, ...notShown.map((name) => `${name}: sent back, and not shown afterwards`)],
    };
  } catch (error) {
    const isForPerson = error instanceof VendorRejected || error instanceof VendorConflict;
    if (!(isForPerson || error instanceof Unobservable || error instanceof VendorIgnoredWrite)) throw error;
    const refusal = refusalOf(error);
    const names = going.map(({ name }) => name).join(', ');
    const detail = `${account.username} keeps ${names} as changed: ${refusal.detail}`;
    return { ...attributes, going: [], left: [...left, detail], parked: { ...refusal, detail } };
  }
}

/** For the evidence: what was put back, and what was not. */
export function evidenceOfAttributes(attributes: AttributesBack | undefined): Readonly<Record<string, unknown>> {
  const { going = [], left = [] } = attributes ?? {};
  return {
    ...(going.length > 0 ? { putBack: going } : {}),
    ...(left.length > 0 ? { notPutBack: left } : {}),
  };
}

function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
