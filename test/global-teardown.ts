import type { RunningEngine } from '../workers/engine/start';
import { shareTestEngine } from './rig/engine';

/** Stops what test/global-setup.ts started; jest gives both the same globals. */
export default async function globalTeardown(): Promise<void> {
  const shared = globalThis as { tenureEngine?: RunningEngine | undefined };
  await shared.tenureEngine?.stop();
  shared.tenureEngine = undefined;
  shareTestEngine(undefined);
}
