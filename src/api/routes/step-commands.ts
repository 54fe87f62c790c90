import { endpoint, type Endpoint } from '#api/http/endpoint.ts';
import { commandReply, operator } from '#api/routes/command-reply.ts';
import { COMMAND_REPLIES } from '#api/routes/workflow-commands.ts';
import {
  executeStepBody,
  operatorHeaders,
  stepBody,
  workflowParams,
} from '#api/schemas/commands.ts';
import type { CommandResult, Operator, Orchestration } from '#application/orchestration.ts';

/** Operator repair of a FAILED step of a PAUSED or FAILED workflow (SPEC 2). */
export function stepCommandEndpoints(orchestration: Orchestration): readonly Endpoint[] {
  const execute = endpoint({
    method: 'post',
    path: '/workflows/{id}/steps/execute',
    operationId: 'executeStep',
    tag: 'commands',
    summary: 'Run a failed step, with corrected input where given',
    input: {
      params: workflowParams,
      headers: operatorHeaders,
      body: { schema: executeStepBody, required: true },
    },
    replies: COMMAND_REPLIES,
    handler: async ({ params: { id }, headers, body: { stepId, inputData, reason } }) => {
      const by = { ...operator(headers, reason), stepId, inputData };
      return commandReply(id, await orchestration.executeStep(id, by));
    },
  });

  return [
    execute,
    stepCommand('retry', 'Put a failed step back to PENDING', (id, by) =>
      orchestration.retryStep(id, by),
    ),
    stepCommand('skip', 'Leave a failed step out; it satisfies dependencies', (id, by) =>
      orchestration.skipStep(id, by),
    ),
  ];
}

function stepCommand(
  name: string,
  summary: string,
  run: (id: string, by: Operator & { stepId: string }) => Promise<CommandResult>,
): Endpoint {
  return endpoint({
    method: 'post',
    path: `/workflows/{id}/steps/${name}`,
    operationId: `${name}Step`,
    tag: 'commands',
    summary,
    input: {
      params: workflowParams,
      headers: operatorHeaders,
      body: { schema: stepBody, required: true },
    },
    replies: COMMAND_REPLIES,
    handler: async ({ params: { id }, headers, body: { stepId, reason } }) =>
      commandReply(id, await run(id, { ...operator(headers, reason), stepId })),
  });
}
