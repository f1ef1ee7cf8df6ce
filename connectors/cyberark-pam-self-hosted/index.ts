import type { Vendor } from '../vendor';
import { pvwaConnector, type Options } from '../cyberark-pvwa';
import { optionsSchema } from './config';

/**
 * CyberArk self-hosted PAM: the PVWA API behind its own log-on, whose answer is a bare string and goes into the header
 * as it is. The token lives on the node that issued it, so the load balancer's cookies are kept (vendor-apis 4.1).
 */
export const cyberArkPamSelfHosted: Vendor = {
  type: 'cyberark-pam-self-hosted',
  options: optionsSchema,
  open: (target) => pvwaConnector(target, target.options as Options, { rawToken: true, cookies: true }),
};
