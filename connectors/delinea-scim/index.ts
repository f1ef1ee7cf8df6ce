import type { Connector } from '../connector';
import { scimConnector } from '../scim';
import type { Target } from '../target';
import type { Vendor } from '../vendor';
import { optionsSchema, type Options } from './config';

/** Delinea's SCIM 2.0 surface (seed 003): users and platform groups. */
export const delineaScim: Vendor = { type: 'delinea-scim', options: optionsSchema, open };

function open(target: Target): Connector {
  const quirks = target.options as Options;
  // The connector to Secret Server on premises is the one whose DELETE only disables (vendor-apis 5.2).
  const isOnPremises = quirks.deletion === 'disables';
  return scimConnector({
    type: target.type,
    target,
    quirks,
    ...(isOnPremises && {
      grantsNeedEnabled: 'Delinea on premises gives disabled users no groups until they are enabled',
    }),
    hasProviderConfig: true,
    lostOnDelete:
      'the platform user with its group and role memberships; roles and vault permissions bound to it are not restored ' +
      'by creating it again',
    unsupported: {
      sessions:
        'SCIM shows no sessions, and a disable leaves vault sessions running for a while (seed 003). Configure the same ' +
        'tenant as a delinea-rest target, or a person ends the sessions of this user in the Delinea Platform (Sessions, ' +
        'Live), and notes it.',
      checkouts:
        'SCIM shows no checked-out secrets. A person checks in those of this user in the vault (Secret Server, force ' +
        'check-in), and notes it.',
      roles:
        'SCIM does not carry roles, and leaving a group may not take a role away (seed 003). Configure the same tenant as ' +
        'a delinea-rest target, or a person removes the user’s roles in the Delinea Platform, and notes it.',
    },
  });
}
