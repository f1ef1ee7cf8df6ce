import type { ChangeLinkReport } from '../../../activities/contract';
import type { LinkRequest } from '../../../workflows/link';
import { core } from '../../../workflows/proxies';

/** `link` as nobody may change it while one runs: it looks at something else first. */
export async function link(request: LinkRequest): Promise<ChangeLinkReport> {
  const { personId } = request;
  await core.inspectFlow({ workflowId: `leaver:${personId}`, runId: '' });
  return await core.changeLink({ ...request, at: new Date().toISOString() });
}
