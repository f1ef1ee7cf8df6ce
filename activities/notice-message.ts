import { createHash } from 'node:crypto';
import type { ApprovalWanted, Message, Notice } from '../domain/notice';
import type { ChannelEntry } from './channel-desk';

/** A personal token with whose it is. */
export interface Personal {
  readonly approver: string;
  readonly token: string;
}

export interface MessageContext {
  readonly notice: Notice;
  readonly channel: ChannelEntry;
  readonly execution: { readonly workflowId: string; readonly runId: string };
  readonly link?: string;
  readonly personal?: Personal;
}

/** The same for every repeat, so that a receiver that knows Standard Webhooks takes it once. */
export function webhookIdOf({
  notice: { kind, subject },
  execution: { workflowId, runId },
  personal,
}: Pick<MessageContext, 'notice' | 'execution' | 'personal'>): string {
  const names = [workflowId, runId, kind, subject, personal?.approver.toLowerCase() ?? ''];
  return `msg_${createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 32)}`;
}

/** One notice in the words and the data that one channel may have. */
export function messageOf(context: MessageContext): Message {
  const { notice, channel, execution, link, personal } = context;
  const { kind, at, text, lines = [], reason, approval, flow, personId } = notice;
  const told = channel.tellsReason && reason !== undefined ? { reason } : {};
  return {
    ...{ id: webhookIdOf(context), kind, at, text },
    lines: [
      ...lines,
      ...(told.reason === undefined ? [] : [`Reason: ${told.reason}`]),
      ...(approval === undefined ? [] : linesOf(approval, personal)),
    ],
    paste: personal === undefined || approval === undefined ? [] : pasteOf({ approval, personal, execution }),
    ...(link === undefined ? {} : { link }),
    data: {
      ...{ ...execution, flow, personId, subject: notice.subject, text, lines },
      ...told,
      ...(link === undefined ? {} : { link }),
      ...(approval === undefined ? {} : { approval: dataOf(approval, personal) }),
    },
  };
}

/** What stands in a plan goes to those who decide on it; others learn how much it is. */
function linesOf({ items, planHash, deadline }: ApprovalWanted, personal: Personal | undefined): readonly string[] {
  const what =
    personal === undefined ? [`${items.length} line${items.length === 1 ? '' : 's'} in the plan`] : items.slice(0, 30);
  const more = personal !== undefined && items.length > 30 ? [`and ${items.length - 30} more: see the details`] : [];
  return [...what, ...more, `Decide by ${deadline}; silence keeps everything as it is.`, `Plan ${planHash}`];
}

function pasteOf({
  approval: { planHash },
  personal: { token },
  execution: { workflowId },
}: {
  readonly approval: ApprovalWanted;
  readonly personal: Personal;
  readonly execution: MessageContext['execution'];
}): Message['paste'] {
  return [
    {
      label:
        'In the Web UI: More Actions, Send an Update, name decide (to reject: "approved": false). The token is yours alone and good once.',
      text: JSON.stringify({ approved: true, reason: '…', planHash, token }, null, 2),
    },
    {
      label: 'Or on the command line, with the token in the variable TENURE_APPROVAL_TOKEN',
      text: `tenure approve ${workflowId} --plan-hash ${planHash} --reason "…"`,
    },
  ];
}

function dataOf(
  { planHash, deadline, approvers, items }: ApprovalWanted,
  personal: Personal | undefined,
): Readonly<Record<string, unknown>> {
  return {
    ...{ planHash, deadline, count: approvers.count, minStrength: approvers.minStrength },
    ...(personal === undefined ? { lines: items.length } : { items, ...personal }),
  };
}
