import type { Reply } from '#api/http/endpoint.ts';
import { illegalCommand, invalid, notFound } from '#api/http/problems.ts';
import { workflowView } from '#api/views/workflow-view.ts';
import type { CommandResult, Operator } from '#application/orchestration.ts';

/** The reply to a command: the workflow as it is now, or why nothing changed. */
export function commandReply(id: string, result: CommandResult): Reply {
  switch (result.kind) {
    case 'done':
      return { status: 200, body: workflowView(result.state) };
    case 'unknown-workflow':
      throw notFound(`workflow ${id}`);
    case 'invalid':
      throw invalid(result.problems);
    case 'illegal':
      throw illegalCommand(result.status, result.message, result.allowed);
  }
}

/** Who asks and why; the first reason that is given counts. */
export function operator(
  headers: { readonly 'x-operator': string },
  ...reasons: readonly (string | undefined)[]
): Operator {
  const reason = reasons.find((given) => given !== undefined) ?? 'no reason given';
  return { by: headers['x-operator'], reason };
}
