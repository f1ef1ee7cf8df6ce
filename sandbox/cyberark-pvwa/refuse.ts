import { Refusal } from '../core';

/**
 * The vault's refusals, in its error form `{ErrorCode, ErrorMessage}`. Codes that public sources name are the vendor's;
 * where none is known the code begins with PLAY, so that nobody learns a wrong one from a stand-in.
 */
export const refuse = {
  notFound: (what: string) =>
    new Refusal(404, `${what} was not found or you do not have permission to see it.`, 'ITATS003E'),
  alreadyMember: (user: string) => new Refusal(409, `User ${user} is already a member of the group.`, 'PASWS213E'),
  notAllowed: (why: string) => new Refusal(403, why, 'PASWS041E'),
  badLogon: () => new Refusal(403, 'Authentication failure.', 'ITATS004E'),
  suspendedLogon: () => new Refusal(403, 'The user is suspended.', 'ITATS002E'),
  duplicate: (name: string) => new Refusal(409, `User ${name} already exists.`, 'PLAY409E'),
  badRequest: (why: string) => new Refusal(400, why, 'PLAY400E'),
  /** IIS itself, before the vault is asked. */
  noSuchPage: () => new Refusal(404, 'The resource you are looking for has been removed.'),
  busy: () => new Refusal(409, 'The vault is busy, try again.', 'ITADM111E'),
};
