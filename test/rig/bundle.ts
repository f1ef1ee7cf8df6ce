import { existsSync } from 'node:fs';
import type { WorkflowBundleOption } from '@temporalio/worker';

const PATH = 'TENURE_TEST_BUNDLE';

/** The workflows, bundled once for the whole run by test/global-setup.ts. */
export function testBundle(): WorkflowBundleOption {
  const codePath = process.env[PATH];
  if (codePath === undefined || !existsSync(codePath))
    throw new Error(
      'This test needs the workflow bundle that test/global-setup.ts makes; run it with `npm test -- <path>`.',
    );
  return { codePath };
}

export function shareTestBundle(codePath: string | undefined): void {
  if (codePath === undefined) delete process.env[PATH];
  else process.env[PATH] = codePath;
}
