import { pvwaOptions } from '../cyberark-pvwa';

/** Dialect options of a `cyberark-pam-self-hosted` target. A session ends after an idle time set per PVWA, usually 20 minutes. */
export const optionsSchema = pvwaOptions({ tokenLifetime: 'PT20M' });
