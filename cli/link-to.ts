/** Pages of the stock Web UI (temporal 12); undefined where its address is not known. */
export function flowPage(
  { uiUrl, namespace }: { readonly uiUrl?: string | undefined; readonly namespace: string },
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string | undefined },
): string | undefined {
  if (uiUrl === undefined) return undefined;
  const flow = `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  // The details that say what to send are on this tab, which needs the run.
  return runId === undefined ? flow : `${flow}/${runId}/user-metadata`;
}
