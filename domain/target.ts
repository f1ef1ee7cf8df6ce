/** The name of a connector, as `type` in the configuration; the registry of `connectors/` knows them all. */
export type TargetType = string;

/** What Tenure may do: look only, take access away, or also delete. The stricter of global and target counts. */
export const modes = ['observe', 'contain', 'full'] as const;
export type Mode = (typeof modes)[number];

export function stricter(a: Mode, b: Mode): Mode {
  return modes.indexOf(a) <= modes.indexOf(b) ? a : b;
}
