export { DelineaTenant, type Session, type TenantOptions } from './tenant';
export type { Group, User, UserFields } from '../scim/directory';
