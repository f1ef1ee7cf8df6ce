import type { Connector } from '../../../connectors/connector';
import { openConnector } from '../../../connectors/registry';
import { startDelineaScim, type DelineaScimOptions } from '../../../sandbox/delinea-scim';
import { anna, keysFor, neighbour } from '../conformance';
import { recordedCall, targetAt } from '../stand-in-target';

/** A SCIM stand-in in a dialect of the test's choice, and the connector with the options that go with it. */
export async function rig({
  options = {},
  ...vendor
}: DelineaScimOptions & { readonly options?: Readonly<Record<string, unknown>> } = {}) {
  const standIn = await startDelineaScim({ people: [neighbour, anna], ...vendor });
  const connector = openConnector(targetAt(standIn, { options }));
  const call = recordedCall();
  return { standIn, connector, call, account: () => accountOf(connector) };
}

export async function accountOf(connector: Connector, username = anna.username) {
  const { found } = await connector.findAccounts(keysFor(username), recordedCall());
  const [match] = found;
  if (match === undefined || found.length > 1) throw new Error(`${String(found.length)} accounts for ${username}`);
  return match.account;
}

export const groupsOf = (kinds: readonly { readonly entitlement: { readonly name?: string } }[]) =>
  kinds.map(({ entitlement }) => entitlement.name).sort();
