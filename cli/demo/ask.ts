import path from 'node:path';
import type { Client } from '@temporalio/client';
import type { ApprovalProgress } from '../../domain/flow';
import { visible } from '../../domain/visible';
import { defaultDataDir } from '../data-dir';
import type { FlowView } from '../flow-board';
import { flowPage } from '../link-to';

export interface AskPlace {
  readonly client: Client;
  readonly namespace: string;
  readonly uiUrl?: string;
  /** A command line of this program, such as `tenure status` for `status`. */
  readonly command: (words: string) => string;
}

/** Where the leaver waits for approval, and exactly what to send there. */
export async function askText(view: FlowView, approval: ApprovalProgress, place: AskPlace): Promise<string> {
  const { client, namespace, uiUrl, command } = place;
  const { allowed: approvers = [], count = 1 } = approval.approvers ?? {};
  const { workflowId, name } = view;
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const page = flowPage({ uiUrl, namespace }, { workflowId, runId });
  const what = whatIsAsked(approval);
  const reason = 'targets' in approval.plan ? 'left the company' : 'needs it for work';
  const [first = 'you@acme.test', ...others] = approvers;
  const input = { approved: true, reason, planHash: approval.planHash, approver: first };
  const more = others.slice(0, count - 1);
  return [
    '',
    visible(`${name} waits for approval: ${what}.`),
    ...(page === undefined ? [] : [`  Web UI   ${page}`]),
    '  There: More Actions, Send an Update, decide, with this input:',
    `  ${JSON.stringify(input)}`,
    ...(more.length === 0 ? [] : [`  and, because ${count} people have to approve, once more as ${more.join(', ')}.`]),
    '  Or here, in another terminal:',
    ...[first, ...more].map((who) => `  ${command(`approve ${workflowId} --reason "${reason}" --approver ${who}`)}`),
    '',
  ].join('\n');
}

function whatIsAsked({ plan }: ApprovalProgress): string {
  if (!('targets' in plan)) {
    const [first, ...more] = plan.grants.map(({ kind, name, target }) => `${kind} ${name} on ${target}`);
    return `${[first, ...more].join(', ')} would be granted: privileged`;
  }
  const accounts = plan.targets.reduce((sum, one) => sum + one.accounts.length, 0);
  return `${accounts} accounts on ${plan.targets.length} targets would be deleted`;
}

/** How to call this program from the folder where somebody stands, and with which data folder. */
export function commandLine({ cwd, dataDir }: { readonly cwd: string; readonly dataDir: string }) {
  const script = process.argv[1];
  const isOurs = script !== undefined && path.basename(script) === 'tenure.js';
  const program = isOurs ? `node ${path.relative(cwd, script) || script}` : 'tenure';
  // The other commands look into the default folder by themselves.
  const where = dataDir === path.resolve(cwd, defaultDataDir) ? '' : ` --data-dir ${path.relative(cwd, dataDir)}`;
  return (words: string) => `${program} ${words}${where}`;
}
