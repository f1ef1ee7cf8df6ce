import { standardQuirks, type Quirks } from './quirk';

/**
 * Delinea's SCIM dialect. It stands here because two connectors speak it: `delinea-scim`, and `delinea-rest` for the
 * memberships that its own API cannot change.
 */
export const delineaQuirks: Quirks = {
  ...standardQuirks,
  // Seed 003: "the IdP must send externalId on every SCIM operation"; without it later writes create duplicates.
  externalId: 'every-write',
  // Seed 003: default 25; vendor-apis 5.2 names no maximum for SCIM, the REST API clamps at 100.
  pageSize: 100,
};
