import { z } from 'zod';

/** Goes into a header as it is: what holds a blank is somebody's message, not a token. */
const word = z.string().trim().regex(/^\S+$/, 'no token');

const names = ['token', 'sessionToken', 'CyberArkLogonResult', 'LogonResult'] as const;

/**
 * What a CyberArk logon answers: the token as JSON text (vendor-apis 4.1; seed 002 says "a session token" and prints
 * none), as plain text, or in an object: the first-generation API calls it `CyberArkLogonResult`, its other methods
 * `LogonResult` (psPAS New-PASSession), gateways in front `token` or `sessionToken`. An object that offers two is not
 * guessed at: a wrong token brings a 401, and each 401 another logon.
 */
export const logonToken = z.union([
  word,
  z.looseObject({}).transform((fields: Readonly<Record<string, unknown>>, context) => {
    const offered = names.filter((name) => fields[name] !== undefined && fields[name] !== null);
    const token = word.safeParse(fields[offered[0] ?? '']);
    if (offered.length === 1 && token.success) return token.data;
    context.addIssue({ code: 'custom', message: `not exactly one of ${names.join(', ')}` });
    return z.NEVER;
  }),
]);
