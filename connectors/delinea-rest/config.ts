import { z } from 'zod';
import { delineaQuirks, scimOptions } from '../scim';

const path = z.string().startsWith('/');

/** Dialect options of a `delinea-rest` target; the defaults are the wire shape of seed 003. */
export const optionsSchema = z.strictObject({
  /** Rows asked for at a time (`take`); the vendor's maximum is 100, and a smaller page than asked for is accepted. */
  pageSize: z.int().min(1).max(100).default(100),
  /** `off` where the tenant has no sessions API: evidence then shows sessions as unsupported. */
  sessions: z.enum(['on', 'off']).default('on'),
  /** Where live sessions are listed, below `baseUrl`; `{userId}` in it is filled in, and `userId` is sent as a query in any case. */
  sessionsPath: path.default('/sessions'),
  /** Where one session is asked to end; `{sessionId}` is filled in. */
  terminatePath: path.includes('{sessionId}').default('/sessions/{sessionId}/terminate'),
  /** Values of a session's `status` that mean "over", case aside; any other value counts as live. */
  endedStates: z
    .array(z.string().min(1))
    .default(['ended', 'terminated', 'closed', 'finished', 'completed', 'failed', 'recorded', 'analyzed']),
  /** Dialect of the tenant's SCIM surface; counts only where the target has `scim`. Same options as `delinea-scim`. */
  scim: scimOptions(delineaQuirks).prefault({}),
  /** ISO 8601: how long a token may open new sessions after the disable; Delinea calls its tokens short-lived and publishes no figure. */
  tokenLifetime: z.string().startsWith('P').default('PT1H'),
});
export type Options = z.output<typeof optionsSchema>;
