import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

const prebuilt = path.join(__dirname, 'workflow-bundle.js');

/** The workflows as one file: made at build time, or now when running from the sources. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  if (existsSync(prebuilt)) return { codePath: prebuilt };
  return await bundleWorkflows();
}

export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  return await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    payloadConverterPath: require.resolve('../workflows/payload-converter'),
  });
}

if (require.main === module) {
  void bundleWorkflows().then(async ({ code }) => writeFile(prebuilt, code));
}
