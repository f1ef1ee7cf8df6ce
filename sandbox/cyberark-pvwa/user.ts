import { refuse } from './refuse';

/** A vault user as the stand-in keeps it; the wire shape is decided when it is shown. */
export interface User extends Writable {
  id: number;
  source: 'CyberArk' | 'LDAP';
  componentUser: boolean;
  suspended: boolean;
  lastSuccessfulLoginDate: number;
}

/** What a POST or PUT sets. */
export type Writable = {
  username: string;
  userType: string;
  firstName: string;
  lastName: string;
  email: string;
  location: string;
  enableUser: boolean;
  changePassOnNextLogon: boolean;
  passwordNeverExpires: boolean;
  distinguishedName: string;
  authenticationMethod: string[];
  vaultAuthorization: string[];
  unAuthorizedInterfaces: string[];
  description: string;
  expiryDate: number;
  phones: Fields;
  businessAddress: Fields;
};

export type Fields = Readonly<Record<string, unknown>>;
export type Shape = 'flat' | 'nested';

/** -62135578800 is how the vault writes "never". */
const NEVER = -62135578800;
const LONGEST = { username: 128, firstName: 29, lastName: 29, initialPassword: 39 };

/** Everything that the body leaves out takes its default: that is what "replace" means, and why a bare PUT is a trap. */
export function writableFrom(body: Fields, shape: Shape): Writable {
  const personal = shape === 'nested' ? inner(body, 'personalDetails') : body;
  const email = shape === 'nested' ? text(inner(body, 'internet'), 'businessEmail') : text(body, 'email');
  return {
    username: text(body, 'username'),
    userType: text(body, 'userType', 'EPVUser'),
    firstName: text(personal, 'firstName'),
    lastName: text(personal, 'lastName'),
    email,
    location: text(body, 'location', '\\'),
    enableUser: flag(body, 'enableUser', true),
    changePassOnNextLogon: flag(body, 'changePassOnNextLogon', false),
    passwordNeverExpires: flag(body, 'passwordNeverExpires', false),
    distinguishedName: text(body, 'distinguishedName'),
    authenticationMethod: list(body, 'authenticationMethod', ['AuthTypePass']),
    vaultAuthorization: list(body, 'vaultAuthorization', []),
    unAuthorizedInterfaces: list(body, 'unAuthorizedInterfaces', []),
    description: text(body, 'description'),
    expiryDate: typeof body['expiryDate'] === 'number' ? body['expiryDate'] : NEVER,
    phones: inner(body, 'phones'),
    businessAddress: inner(body, 'businessAddress'),
  };
}

/** What the flat shape of seed 002 has no field for, and so cannot reset. */
export function nestedOnly(user: User): Fields {
  const { vaultAuthorization, unAuthorizedInterfaces, description, expiryDate, phones, businessAddress } = user;
  return { vaultAuthorization, unAuthorizedInterfaces, description, expiryDate, phones, businessAddress };
}

/** The limits of the vendor's "Add user". */
export function checkLengths(wanted: Writable, password?: unknown): void {
  const long = (['username', 'firstName', 'lastName'] as const).find((field) => wanted[field].length > LONGEST[field]);
  if (long !== undefined) throw refuse.badRequest(`${long} is longer than ${String(LONGEST[long])} characters.`);
  if (typeof password === 'string' && password.length > LONGEST.initialPassword)
    throw refuse.badRequest(`The password is longer than ${String(LONGEST.initialPassword)} characters.`);
}

export interface Membership {
  groupID: number;
  groupName: string;
  groupType: string;
}

/** `GET /Users/{id}`: flat as seed 002 has it, nested as the vendor documents it. */
export function showUser(user: User, groupsMembership: readonly Membership[], shape: Shape): Fields {
  const { id, username, userType, source, componentUser, location, enableUser, suspended } = user;
  const { changePassOnNextLogon, passwordNeverExpires, distinguishedName, authenticationMethod } = user;
  const shared = { id, username, userType, source, componentUser, location, enableUser, suspended };
  const common = { ...shared, changePassOnNextLogon, passwordNeverExpires, distinguishedName, authenticationMethod };
  const { firstName, lastName, email } = user;
  if (shape === 'flat') return { ...common, firstName, lastName, email, groupsMembership };
  return {
    ...common,
    ...nestedOnly(user),
    lastSuccessfulLoginDate: user.lastSuccessfulLoginDate,
    internet: { homePage: '', homeEmail: '', businessEmail: email, otherEmail: '' },
    personalDetails: { firstName, middleName: '', lastName },
    groupsMembership,
  };
}

/** A row of `GET /Users` without `ExtendedDetails`: the vendor's own rows do not even say whether the user is enabled. */
export function showRow(user: User, shape: Shape): Fields {
  const { id, username, userType, enableUser, source, componentUser, vaultAuthorization, location } = user;
  if (shape === 'flat') return { id, username, userType, enableUser };
  const personalDetails = { firstName: user.firstName, middleName: '', lastName: user.lastName };
  return { id, username, source, userType, componentUser, vaultAuthorization, location, personalDetails };
}

function inner(body: Fields, name: string): Fields {
  const value = body[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(body: Fields, name: string, otherwise = ''): string {
  const value = body[name];
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'string') throw refuse.badRequest(`${name} must be text.`);
  return value;
}

function flag(body: Fields, name: string, otherwise: boolean): boolean {
  const value = body[name];
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'boolean') throw refuse.badRequest(`${name} must be true or false.`);
  return value;
}

function list(body: Fields, name: string, otherwise: string[]): string[] {
  const value = body[name];
  if (value === undefined || value === null) return otherwise;
  if (!Array.isArray(value)) throw refuse.badRequest(`${name} must be a list.`);
  return value.map(String);
}
