import type { ChangeLinkInput, ChangeLinkReport } from '../activities/contract';
import { core } from './proxies';

export type LinkRequest = Omit<ChangeLinkInput, 'at'>;

/** An operator's word on whose an account is: written by the core worker alone, as everything in the store. */
export async function link(request: LinkRequest): Promise<ChangeLinkReport> {
  // Taken here, because it must be the same when the activity is repeated.
  return await core.changeLink({ ...request, at: new Date().toISOString() });
}
