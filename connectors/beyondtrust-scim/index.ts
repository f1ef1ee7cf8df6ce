import type { Connector } from '../connector';
import { scimConnector } from '../scim';
import type { Target } from '../target';
import type { Vendor } from '../vendor';
import { optionsSchema, type Options } from './config';

/** BeyondTrust's SCIM 2.0 surface (seed 000): users and groups. */
export const beyondTrustScim: Vendor = { type: 'beyondtrust-scim', options: optionsSchema, open };

function open(target: Target): Connector {
  return scimConnector({
    type: target.type,
    target,
    quirks: target.options as Options,
    lostOnDelete: 'the user record with its group memberships, permissions and preferences in BeyondTrust',
    unsupported: {
      sessions:
        'SCIM shows no sessions. A person looks at the live sessions in the console of the appliance (Privileged Remote ' +
        'Access, Remote Support or Password Safe), ends those of this user, and notes it.',
      checkouts:
        'SCIM shows no checked-out credentials. A person checks them in, or ends the user’s requests, in the console ' +
        'of the appliance, and notes it.',
    },
  });
}
