import type { CoreDesk } from '../activities';
import type { Store } from '../store/open-store';
import { approvalTokens } from './approval-tokens';
import { openChannels } from './channels';
import { settingsOf, type Config } from './config';

/** What the core's activities work with, as this configuration has it. */
export function openCoreDesk({ config, store }: { readonly config: Config; readonly store: Store }): CoreDesk {
  const { tokenSecret } = config.approvals;
  const foreign = tokenSecret === undefined ? [] : [tokenSecret];
  const tokens = approvalTokens({ keys: config.notifications.tokenKey, foreign });
  const channels = openChannels(config);
  return {
    store,
    settings: settingsOf(config),
    policy: config.access,
    ...(tokens === undefined ? {} : { tokens }),
    ...(channels === undefined ? {} : { channels }),
  };
}
