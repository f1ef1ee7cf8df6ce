import type { Connector } from '../connector';
import { scimConnector } from '../scim';
import type { Target } from '../target';
import type { Vendor } from '../vendor';
import { optionsSchema, type Options } from './config';

/** CyberArk Identity's SCIM 2.0 surface (seed 002): users and groups of the directory, not of the vault. */
export const cyberArkIdentityScim: Vendor = { type: 'cyberark-identity-scim', options: optionsSchema, open };

function open(target: Target): Connector {
  return scimConnector({
    type: target.type,
    target,
    quirks: target.options as Options,
    lostOnDelete:
      'the directory user with its group and role memberships, application assignments and enrolled devices; the vault ' +
      'user of the same person is another record',
    handOver: (username) =>
      `${username}: nobody knows its initial password. Where the company's single sign-on does not let the person in, a ` +
      'person sends the invitation from the CyberArk Identity Admin Portal (Core Services, Users, Send Email Invite for ' +
      'User Portal) or sets a password there (Set Password).',
    unsupported: {
      sessions:
        'SCIM shows no web sessions, and those already open last up to twelve hours. A person opens the user in the ' +
        'CyberArk Identity Admin Portal, chooses Sign Out Everywhere, and notes it.',
      checkouts:
        'The directory holds no checkouts; the vault does. Configure the vault as a target of its own, or a person looks ' +
        'there for accounts locked by this user, unlocks them, and notes it.',
      credentials:
        'SCIM shows no enrolled authenticators or devices. A person removes those of this user in the CyberArk Identity ' +
        'Admin Portal, and notes it.',
    },
  });
}
