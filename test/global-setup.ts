import type { Config } from 'jest';
import { startEngine, type RunningEngine } from '../workers/engine/start';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflows } from '../workers/bundle';
import { shareTestBundle } from './rig/bundle';
import { shareTestEngine } from './rig/engine';

// Folders whose tests need no engine: when only they are asked for, nothing is started.
const WITHOUT_ENGINE = /^(\.\/)?test\/(domain|connectors|sandbox|store|scripts|types|house|workers\/engine)\b/;

interface Shared {
  tenureEngine?: RunningEngine | undefined;
}

/** Starts one engine for the whole run, in memory, on ports of its own, and bundles the workflows once. */
export default async function globalSetup(
  config: Config & { testPathPatterns?: { patterns?: string[] } },
): Promise<void> {
  const asked = config.testPathPatterns?.patterns ?? [];
  if (asked.length > 0 && asked.every((pattern) => WITHOUT_ENGINE.test(pattern))) return;
  const engine = await startEngine({ port: 'auto', uiPort: 'none' });
  (globalThis as Shared).tenureEngine = engine;
  shareTestEngine(engine.address);
  const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'tenure-bundle-')), 'workflow-bundle.js');
  writeFileSync(bundle, (await bundleWorkflows()).code);
  shareTestBundle(bundle);
}
