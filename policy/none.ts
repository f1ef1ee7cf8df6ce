import type { AccessPolicy } from '../domain/access';

/** SHA-256 of the JSON `{}`. */
const hashOfNothing = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

/** What counts where a configuration says nothing of access: it wants nothing and manages nothing. */
export const noPolicy: AccessPolicy = {
  hash: hashOfNothing,
  isGiven: false,
  desired: () => ({ accounts: [], problems: [] }),
  managed: [],
  timeBoxesOf: () => [],
  joiner: { lead: 'PT0S' },
  mover: { overlap: 'PT0S', renamesAccounts: false },
  approval: { approvers: { count: 1, minStrength: 'principal' }, window: 'P7D' },
};
