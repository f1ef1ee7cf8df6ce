import type { FirstSignIn, NewAccount } from '../connector';
import { everyKind, generatePassword } from '../password';
import type { Options } from './config';

/** Only a local account has a password here; LDAP and SAML accounts sign in where they come from (seed 000, "Create User"). */
export function firstSignIn(
  wanted: NewAccount,
  { accountType, passwordLength }: Pick<Options, 'accountType' | 'passwordLength'>,
): FirstSignIn {
  const type = wanted.attributes?.['account_type'] ?? accountType;
  if (type !== 'local') return {};
  return {
    password: () => generatePassword({ length: passwordLength, kinds: everyKind }),
    handOver:
      `${wanted.username}: nobody knows its initial password. A person sets a new one in the console of the appliance ` +
      '(Users, this user, Password), to be changed at the next login, and hands it over.',
  };
}
