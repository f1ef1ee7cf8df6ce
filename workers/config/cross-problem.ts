import type { PathProblem } from '../../policy/cross-check';

type Raw = Readonly<Record<string, unknown>>;
type Path = PathProblem['path'];

/**
 * What no field of a configuration can tell by itself. It looks at the configuration as written, so that these problems
 * are told together with all others: a schema comes to them only when every field is right. What has the wrong form is
 * passed over here. `policy` is that of its own file, where it has one.
 */
export function crossProblems(value: unknown, policy: unknown): readonly PathProblem[] {
  const config = fieldsOf(value) ?? {};
  return [
    ...usedTwice(config['targets'], ['targets']),
    ...usedTwice(config['sources'], ['sources']),
    ...unknownTargets(config),
    ...notificationProblems(fieldsOf(config['notifications'])),
    ...tokenProblems(config, policy),
  ];
}

function usedTwice(list: unknown, path: Path): readonly PathProblem[] {
  const ids = listOf(list).map((one) => fieldsOf(one)?.['id']);
  return ids.flatMap((id, index) =>
    typeof id === 'string' && ids.indexOf(id) !== index
      ? [{ path: [...path, index, 'id'], message: `${id} is used twice` }]
      : [],
  );
}

function unknownTargets({ targets, safety }: Raw): readonly PathProblem[] {
  if (!Array.isArray(targets)) return [];
  const known = targets.map((target) => fieldsOf(target)?.['id']);
  const accounts = listOf(fieldsOf(fieldsOf(safety)?.['protected'])?.['accounts']);
  return accounts.flatMap((account, index) => {
    const id = fieldsOf(account)?.['target'];
    if (typeof id !== 'string' || known.includes(id)) return [];
    return [{ path: ['safety', 'protected', 'accounts', index, 'target'], message: `no target has the id ${id}` }];
  });
}

function notificationProblems(notifications: Raw | undefined): readonly PathProblem[] {
  const channels = listOf(notifications?.['channels']).map(fieldsOf);
  const approvers = listOf(notifications?.['approvers']).map(fieldsOf);
  const problems: PathProblem[] = [];
  const refuse = (message: string, ...path: Path) => problems.push({ path: ['notifications', ...path], message });
  const ids = channels.map((channel) => channel?.['id']);
  channels.forEach((channel, index) => {
    const { id } = channel ?? {};
    if (typeof id === 'string' && ids.indexOf(id) !== index) refuse(`${id} is used twice`, 'channels', index, 'id');
    const isSigned = isGiven(channel?.['secret']);
    if (channel?.['type'] === 'webhook' && !isSigned)
      refuse('a webhook is signed: give the secret that its receiver knows', 'channels', index, 'secret');
    if (channel?.['type'] === 'slack' && isSigned)
      refuse('a Slack-compatible webhook takes no signature: leave it out', 'channels', index, 'secret');
  });
  approvers.forEach((one, index) => {
    const { approver, channel } = one ?? {};
    const earlier = approvers.slice(0, index);
    if (typeof channel === 'string' && !ids.includes(channel))
      refuse(`no channel has the id ${channel}`, 'approvers', index, 'channel');
    if (typeof channel === 'string' && earlier.some((other) => other?.['channel'] === channel))
      refuse(`${channel} is another approver’s own channel already`, 'approvers', index, 'channel');
    if (typeof approver === 'string' && earlier.some((other) => isSame(other?.['approver'], approver)))
      refuse(`${approver} has a channel already`, 'approvers', index, 'approver');
  });
  if (approvers.length > 0 && !isGiven(notifications?.['tokenKey']))
    refuse('approvers get signed tokens: give the key that signs them', 'tokenKey');
  return problems;
}

/** Where only tokens count, enough approvers must be able to get one; unless something else issues them. */
function tokenProblems({ approvals, notifications }: Raw, policy: unknown): readonly PathProblem[] {
  if (fieldsOf(approvals)?.['tokenSecret'] !== undefined) return [];
  const rules = listOf(fieldsOf(fieldsOf(policy)?.['access'])?.['rules']);
  const grants = rules.flatMap((rule) => listOf(fieldsOf(rule)?.['grants']));
  const hasPrivileged = grants.some((grant) => fieldsOf(grant)?.['privileged'] === true);
  const deletion = fieldsOf(fieldsOf(fieldsOf(policy)?.['leaver'])?.['deletion']);
  const asked: readonly { readonly path: Path; readonly approvers: Raw | undefined }[] = [
    ...(deletion?.['mode'] === 'approval'
      ? [{ path: ['policy', 'leaver', 'deletion', 'approvers'], approvers: fieldsOf(deletion['approvers']) }]
      : []),
    ...(hasPrivileged
      ? [
          {
            path: ['policy', 'approvers'],
            approvers: fieldsOf(fieldsOf(policy)?.['approvers'] ?? deletion?.['approvers']),
          },
        ]
      : []),
  ];
  const told = listOf(fieldsOf(notifications)?.['approvers']).map((one) => fieldsOf(one)?.['approver']);
  return asked.flatMap(({ path, approvers }) => {
    const { count = 1, allowed, minStrength } = approvers ?? {};
    if (minStrength !== 'token' || typeof count !== 'number') return [];
    const mayDecide = (name: unknown) => allowed === undefined || listOf(allowed).some((one) => isSame(one, name));
    const reached = told.filter((name) => typeof name === 'string' && mayDecide(name)).length;
    if (reached >= count) return [];
    const message = `only tokens count, and ${reached} of the ${count} people needed can get one: name their channels in notifications.approvers`;
    return [{ path: [...path, 'minStrength'], message }];
  });
}

/** A reference, or a list with one in it. */
function isGiven(secret: unknown): boolean {
  return Array.isArray(secret) ? secret.length > 0 : secret !== undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}

function fieldsOf(value: unknown): Raw | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
