export const targetTypes = [
  'beyondtrust-rest',
  'beyondtrust-scim',
  'beyond-identity',
  'cyberark-privilege-cloud',
  'cyberark-pam-self-hosted',
  'cyberark-identity-scim',
  'delinea-rest',
  'delinea-scim',
] as const;
export type TargetType = (typeof targetTypes)[number];

/** What Tenure may do: look only, take access away, or also delete. The stricter of global and target counts. */
export const modes = ['observe', 'contain', 'full'] as const;
export type Mode = (typeof modes)[number];

export function stricter(a: Mode, b: Mode): Mode {
  return modes.indexOf(a) <= modes.indexOf(b) ? a : b;
}
