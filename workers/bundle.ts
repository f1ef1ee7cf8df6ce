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
    workflowInterceptorModules: [require.resolve('../workflows/interceptors')],
  });
}

/**
 * The SDK takes a stack trace for each promise of a workflow, which the page *Call Stack* of the Web UI shows. A leaver
 * makes some six hundred promises, and their stacks cost a third of its workflow tasks. So workflows built to run take
 * none; an error in their code has none either, and shows it when the history is replayed from the sources.
 */
export function withoutStacks(code: string): string {
  return `Error.stackTraceLimit = 0; ${code}`;
}

if (require.main === module) {
  void bundleWorkflows().then(async ({ code }) => writeFile(prebuilt, withoutStacks(code)));
}
