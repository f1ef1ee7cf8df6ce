import type { Vendor } from '../vendor';
import { pvwaConnector, type Options } from '../cyberark-pvwa';
import { optionsSchema } from './config';

/** CyberArk Privilege Cloud: the PVWA API behind OAuth 2.0 client credentials of the identity tenant. */
export const cyberArkPrivilegeCloud: Vendor = {
  type: 'cyberark-privilege-cloud',
  options: optionsSchema,
  open: (target) => pvwaConnector(target, target.options as Options, {}),
};
