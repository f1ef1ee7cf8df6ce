import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ApprovalWanted, ChannelAnswer, Delivery, NoticeInput, NoticeReport } from '../domain/notice';
import type { ChannelDesk, ChannelEntry } from './channel-desk';
import type { TargetCheck } from './contract';
import { caller, type CoreDesk } from './core-desk';
import { messageOf, type Personal } from './notice-message';

/** A rate that a channel names is obeyed up to this. */
const longestWaitMs = 5 * 60_000;

interface Sent {
  readonly delivery: Delivery;
  /** To be tried again, at the earliest after `waitMs`. */
  readonly again?: { readonly waitMs: number };
}

/**
 * Tells people, each channel on its own. Channels that took it are remembered over attempts; the last attempt reports
 * what failed, so that no channel can fail a flow. Tokens are made here, from the caller's own identity, and only sent.
 */
export async function notify(desk: CoreDesk, input: NoticeInput): Promise<NoticeReport> {
  const { channels } = desk;
  if (channels === undefined) return { deliveries: [], withoutChannel: [] };
  const taken = new Map(earlierDeliveries().map((one) => [one.channel, one]));
  const sent = await Promise.all(
    addresseesOf(channels, input).map(async (channel): Promise<Sent> => {
      const before = taken.get(channel.id);
      if (before !== undefined) return { delivery: before };
      const one = await sendTo(desk, { channels, channel, input });
      if (one.delivery.delivered) taken.set(channel.id, one.delivery);
      Context.current().heartbeat([...taken.values()]);
      return one;
    }),
  );
  const deliveries = sent.map((one) => one.delivery);
  const again = sent.flatMap((one) => one.again ?? []);
  if (again.length > 0 && Context.current().info.attempt < input.attempts) throw tryAgain(deliveries, again);
  return { deliveries, withoutChannel: withoutChannel(channels, input.approval) };
}

/** In the form of a target's check, so that one table shows both. */
export async function checkChannels({ channels }: CoreDesk): Promise<readonly TargetCheck[]> {
  const { cancellationSignal: signal } = Context.current();
  return await Promise.all(
    (channels?.channels ?? []).map(async ({ id, type, approver }): Promise<TargetCheck> => {
      const answer = (await channels?.probe({ channel: id, signal })) ?? { outcome: 'refused', why: 'unknown' };
      const ok = answer.outcome === 'taken';
      const whose = approver === undefined ? '' : `; the own channel of ${approver}`;
      const detail = ok ? `something answers there; no message was sent${whose}` : answer.why;
      const finding = { name: 'reachable', state: ok ? ('proven' as const) : ('failed' as const), detail };
      return { target: id, type: `channel, ${type}`, ok, findings: [finding] };
    }),
  );
}

function earlierDeliveries(): readonly Delivery[] {
  const details: unknown = Context.current().info.heartbeatDetails;
  return Array.isArray(details) ? (details as readonly Delivery[]) : [];
}

/** Approvers get what asks for their decision on their own channel only; everything else goes where it is wanted. */
function addresseesOf({ channels }: ChannelDesk, { kind, approval }: NoticeInput): readonly ChannelEntry[] {
  return channels.filter((channel) => {
    if (channel.approver === undefined || approval === undefined) return channel.kinds.includes(kind);
    return mayDecide(channel.approver, approval) && (kind === 'approval-needed' || channel.kinds.includes(kind));
  });
}

function mayDecide(name: string, { approvers, excluded }: ApprovalWanted): boolean {
  const wanted = name.toLowerCase();
  const { allowed } = approvers;
  return !excluded.includes(wanted) && (allowed === undefined || allowed.some((one) => one.toLowerCase() === wanted));
}

/** Who would need a token and cannot get one: shown, because nobody else can see it. */
function withoutChannel({ channels }: ChannelDesk, approval: ApprovalWanted | undefined): readonly string[] {
  const own = channels.flatMap(({ approver }) => approver?.toLowerCase() ?? []);
  if (approval === undefined || (own.length === 0 && approval.approvers.minStrength !== 'token')) return [];
  return (approval.approvers.allowed ?? []).filter(
    (name) => mayDecide(name, approval) && !own.includes(name.toLowerCase()),
  );
}

async function sendTo(
  desk: CoreDesk,
  {
    channels,
    channel,
    input,
  }: { readonly channels: ChannelDesk; readonly channel: ChannelEntry; readonly input: NoticeInput },
): Promise<Sent> {
  const { approver } = channel;
  const about = { channel: channel.id, ...(approver === undefined ? {} : { approver }) };
  const execution = caller();
  let personal: (Personal & { readonly tokenId: string }) | undefined;
  try {
    personal = tokenFor(desk, { channel, approval: input.approval, execution });
  } catch (error) {
    // Mended while the flow waits, as any secret can be.
    const why = error instanceof Error ? error.message : 'no token can be signed';
    return { delivery: { ...about, delivered: false, why }, again: { waitMs: 0 } };
  }
  const link = linkTo(channels, execution);
  const { attempts: _attempts, ...notice } = input;
  const message = messageOf({
    ...{ notice, channel, execution },
    ...(link === undefined ? {} : { link }),
    ...(personal === undefined ? {} : { personal: { approver: personal.approver, token: personal.token } }),
  });
  const signal = Context.current().cancellationSignal;
  const answer = await channels.send({ channel: channel.id, message, signal });
  return sentOf(answer, { ...about, ...(personal === undefined ? {} : { tokenId: personal.tokenId }) });
}

function sentOf(answer: ChannelAnswer, about: Omit<Delivery, 'delivered'>): Sent {
  if (answer.outcome === 'taken') return { delivery: { ...about, delivered: true } };
  const delivery = { ...about, delivered: false, why: answer.why };
  return answer.outcome === 'refused' ? { delivery } : { delivery, again: { waitMs: answer.waitMs ?? 0 } };
}

function tokenFor(
  { tokens }: CoreDesk,
  {
    channel: { approver },
    approval,
    execution,
  }: {
    readonly channel: ChannelEntry;
    readonly approval: ApprovalWanted | undefined;
    readonly execution: { readonly workflowId: string; readonly runId: string };
  },
): (Personal & { readonly tokenId: string }) | undefined {
  if (approver === undefined || approval === undefined || tokens?.issue === undefined) return undefined;
  const { planHash, askedAt, deadline } = approval;
  const { id, token } = tokens.issue({
    ...{ subject: approver, ...execution, planHash },
    ...{ issuedAt: askedAt, expiresAt: deadline },
  });
  return { approver, token, tokenId: id };
}

function linkTo(
  { webUi }: ChannelDesk,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): string | undefined {
  if (webUi === undefined) return undefined;
  const { workflowNamespace = 'default' } = Context.current().info;
  const place = [workflowNamespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/');
  return `${webUi}/namespaces/${place}/user-metadata`;
}

function tryAgain(deliveries: readonly Delivery[], again: readonly { readonly waitMs: number }[]): ApplicationFailure {
  const failed = deliveries.filter((one) => !one.delivered).map(({ channel, why = '' }) => `${channel}: ${why}`);
  const waitMs = Math.min(Math.max(...again.map((one) => one.waitMs)), longestWaitMs);
  return ApplicationFailure.create({
    type: 'NoticeUndelivered',
    message: failed.join('; ').slice(0, 400),
    ...(waitMs === 0 ? {} : { nextRetryDelay: waitMs }),
    details: [deliveries],
  });
}
