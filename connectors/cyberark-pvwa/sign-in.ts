import type { FirstSignIn, NewAccount } from '../connector';
import { everyKind, generatePassword } from '../password';
import type { Options } from './option';

/**
 * A vault user has a password from the start (seed 002); one whose authentication methods do not name the vault's own
 * password signs in elsewhere, and the vault takes no password then (vendor's "Add user").
 */
export function firstSignIn(wanted: NewAccount, { passwordLength }: Pick<Options, 'passwordLength'>): FirstSignIn {
  const methods = wanted.attributes?.['authenticationMethod'];
  if (Array.isArray(methods) && methods.length > 0 && !methods.includes('AuthTypePass')) return {};
  return {
    password: () => generatePassword({ length: passwordLength, kinds: everyKind }),
    handOver:
      `${wanted.username}: nobody knows its initial password. A person resets it in PVWA (User Provisioning, Users, ` +
      'Reset Password), has it changed at the next log-on, and hands it over.',
  };
}
