import { Command } from 'commander';
import { sendUpdate } from '../../client/decide';
import type { ApprovalProgress } from '../../domain/flow';
import { visible } from '../../domain/visible';
import type { Cli } from '../program';
import { findOpenPlan, followDecision, showPlan, type DecisionSeen } from '../decision';
import { Complaint, exitCodes } from '../exit';
import { findPlace, type PlaceOptions } from '../place';
import { connectTemporal, operatorOf } from '../temporal';
import { agrees } from '../terminal';
import { placed } from './option';

interface DecisionOptions extends PlaceOptions {
  readonly reason: string;
  readonly planHash?: string;
  readonly approver?: string;
  readonly token?: string;
  readonly signal?: boolean;
  readonly yes?: boolean;
}

export function approveCommand(cli: Cli): Command {
  return decisionCommand(cli, true);
}

export function rejectCommand(cli: Cli): Command {
  return decisionCommand(cli, false);
}

function decisionCommand(cli: Cli, approved: boolean): Command {
  const verb = approved ? 'approve' : 'reject';
  const effect = approved
    ? 'accounts are deleted, or privileged entitlements granted, once enough people approve'
    : 'nothing is deleted, nothing privileged is granted';
  return placed(new Command(verb))
    .description(`${verb} the open plan of a flow: ${effect}`)
    .argument('<workflow-id>', 'such as leaver:e1042')
    .requiredOption('--reason <text>', 'why; lands in the evidence')
    .option('--plan-hash <hash>', 'the plan that is meant; else the open one is shown and asked for')
    .option('--approver <name>', 'who decides (default: you, as this machine knows you)')
    .option('--token <token>', 'your signed approval token (or the variable TENURE_APPROVAL_TOKEN)')
    .option('--signal', 'send it as a signal: the form whose sender a Temporal with log-in attests')
    .option('--yes', 'do not ask')
    .action(async (workflowId: string, options: DecisionOptions) => decide(cli, { workflowId, approved, options }));
}

interface Wanted {
  readonly workflowId: string;
  readonly approved: boolean;
  readonly options: DecisionOptions;
}

async function decide({ terminal, ended }: Cli, { workflowId, approved, options }: Wanted): Promise<void> {
  const token = options.token ?? terminal.env.TENURE_APPROVAL_TOKEN;
  const approver = options.approver ?? ownerOf(token) ?? operatorOf(terminal);
  const temporal = await connectTemporal(terminal, findPlace(terminal, options), approver);
  try {
    const plan = await findOpenPlan({ client: temporal.client, workflowId, planHash: options.planHash });
    if (typeof plan !== 'string') {
      showPlan(terminal, plan);
      await confirm({ terminal, plan, approved, approver, options });
    }
    const planHash = typeof plan === 'string' ? plan : plan.planHash;
    const sent = await sendUpdate({
      client: temporal.client,
      workflowId,
      name: 'decide',
      input: { approved, reason: options.reason, planHash, approver, ...(token ? { token } : {}) },
      way: options.signal === true ? 'signal' : 'update',
    });
    const before = typeof plan === 'string' ? 0 : plan.decisions.length;
    const seen = await followDecision({ client: temporal.client, workflowId, planHash, approver, before });
    if (options.json)
      terminal.out(JSON.stringify({ workflowId, approved, planHash, approver, way: sent.way, ...seen }));
    else terminal.out(visible(seen.detail === '' ? sent.message : seen.detail));
    ended(codeFor(seen));
  } finally {
    await temporal.close();
  }
}

/** Whose a token says it is; only the worker can tell whether that is true. */
function ownerOf(token: string | undefined): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { sub } = claims as { sub?: unknown };
    return typeof sub === 'string' && sub !== '' ? sub : undefined;
  } catch {
    return undefined;
  }
}

async function confirm({
  terminal,
  plan,
  approved,
  approver,
  options,
}: {
  readonly terminal: Cli['terminal'];
  readonly plan: ApprovalProgress;
  readonly approved: boolean;
  readonly approver: string;
  readonly options: DecisionOptions;
}): Promise<void> {
  if (options.yes === true) return;
  const verb = approved ? 'Approve' : 'Reject';
  if (!terminal.isInteractive) {
    if (options.planHash !== undefined) return;
    throw new Complaint(`Nobody can be asked here: name the plan with --plan-hash ${plan.planHash}, or say --yes.`);
  }
  if (!(await agrees(terminal, `${verb} this plan as ${approver}?`))) throw new Complaint('Nothing was sent.');
}

function codeFor({ counts }: DecisionSeen) {
  return counts === false ? exitCodes.attention : exitCodes.ok;
}
