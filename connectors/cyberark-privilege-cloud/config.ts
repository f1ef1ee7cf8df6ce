import { pvwaOptions } from '../cyberark-pvwa';

/** Dialect options of a `cyberark-privilege-cloud` target. Seed 002: tokens live 30 minutes. */
export const optionsSchema = pvwaOptions({ tokenLifetime: 'PT30M' });
