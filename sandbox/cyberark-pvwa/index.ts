import type { FastifyInstance } from 'fastify';
import type { Answers } from '../core';
import { dialectOf, habitsOf, type Dialect, type PvwaOptions } from './dialect';
import { groupRoutes, safeRoutes, sessionRoutes } from './member-route';
import type { User } from './user';
import { userRoutes } from './user-route';
import { Vault } from './vault';

export type { PvwaOptions } from './dialect';
export { refuse } from './refuse';
export { Vault } from './vault';

export const apiRoot = '/PasswordVault/API';

/** The vault behind both stand-ins and the routes that both share; the log-on is each one's own. */
export function makePvwa(options: PvwaOptions, serviceUser: string) {
  const dialect = dialectOf(options);
  const vault = new Vault(habitsOf(options), builtIn(serviceUser));
  const routes = (app: FastifyInstance): void => {
    app.addHook('preHandler', (request, _reply, done) => {
      if (request.method !== 'GET' && request.routeOptions.config?.logOn !== true) vault.admitChange();
      done();
    });
    userRoutes(app, vault, dialect);
    groupRoutes(app, vault, dialect);
    safeRoutes(app, vault);
    if (dialect.sessions) sessionRoutes(app, vault, dialect);
  };
  return { vault, routes, answers: answersOf(dialect) };
}

/** The vendor's error form. */
function answersOf({ notFound }: Dialect): Partial<Answers> {
  return {
    error: (status, message, code = '') => {
      if (status === 404 && notFound === 'empty') return undefined;
      const isOther = status === 404 && notFound === 'other-code';
      return { ErrorCode: isOther ? 'PLAY404E' : code, ErrorMessage: message, Details: null };
    },
  };
}

/** Every vault has users that are nobody's: the administrator, the components, and the API's own. */
function builtIn(serviceUser: string): readonly Partial<User>[] {
  const rights = ['AddUpdateUsers', 'ActivateUsers', 'ResetUsersPasswords', 'AuditUsers'];
  return [
    { username: 'Administrator', userType: 'Built-InAdmins', vaultAuthorization: [...rights, 'AddSafes'] },
    { username: 'PVWAGWUser', userType: 'PVWA', componentUser: true, vaultAuthorization: ['AuditUsers'] },
    { username: 'PasswordManager', userType: 'CPM', componentUser: true },
    { username: serviceUser, vaultAuthorization: rights, passwordNeverExpires: true },
  ];
}
